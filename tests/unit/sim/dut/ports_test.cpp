// ports_test.cpp: the declarations of Verilator's waveforms.
#include "sim/dut/ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace systole::dut {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// As Verilator 5.006 writes them.
constexpr const char* kDeclarations = R"(
void Vdut___024root__trace_init_sub__TOP__0(Vdut___024root* vlSelf, VerilatedFst* tracep) {
    // Body
    tracep->declBit(c+989,"clk_i",-1,FST_VD_INPUT,FST_VT_VCD_WIRE, false,-1);
    tracep->declBus(c+993,"rows_i",-1,FST_VD_INPUT,FST_VT_VCD_WIRE, false,-1, 15,0);
    tracep->pushNamePrefix("act_data_i");
    tracep->declBus(c+1008,"[0]",-1,FST_VD_INPUT,FST_VT_VCD_WIRE, false,-1, 8,0);
    tracep->declBus(c+1009,"[1]",-1,FST_VD_INPUT,FST_VT_VCD_WIRE, false,-1, 8,0);
    tracep->popNamePrefix(1);
    tracep->pushNamePrefix("pass_i\206 ");
    tracep->declBit(c+2,"last",-1,FST_VD_INPUT,FST_VT_SV_LOGIC, false,-1);
    tracep->popNamePrefix(1);
    tracep->declBit(c+990,"ready_o",-1,FST_VD_OUTPUT,FST_VT_VCD_WIRE, false,-1);
    tracep->pushNamePrefix("core ");
    tracep->declBit(c+991,"inside",-1,FST_VD_IMPLICIT,FST_VT_SV_LOGIC, false,-1);
    tracep->popNamePrefix(1);
}
)";

TEST(Ports, AreDeclaredBeforeTheFirstModule) {
  EXPECT_THAT(declared_ports(kDeclarations),
              ElementsAre("clk_i", "rows_i[15:0]", "act_data_i[0][8:0]", "act_data_i[1][8:0]",
                          "pass_i.last", "ready_o"));
}

TEST(Ports, AreNotKnownOfAnotherText) {
  EXPECT_THAT(declared_ports(""), IsEmpty());
  EXPECT_THAT(declared_ports("void trace_init_other() {\n  tracep->declBit(1,\"x\");\n}\n"),
              IsEmpty());
}

}  // namespace
}  // namespace systole::dut
