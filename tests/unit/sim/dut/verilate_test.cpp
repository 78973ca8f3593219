// verilate_test.cpp: what a design was made of, by Verilator's list of files.
#include "sim/dut/verilate.h"

#include <gtest/gtest.h>

namespace systole::dut {
namespace {

using Paths = std::vector<std::filesystem::path>;

TEST(ListedSources, AreThoseThatVerilatorRead) {
  EXPECT_EQ(
      listed_sources("# DESCRIPTION: Verilator output\n"
                     "C \"--cc --prefix Vdut\"\n"
                     "S      5231 1180  1700000000   12345  1700000000   12345 \"/rtl/core.sv\"\n"
                     "S  11000000 1181  1700000000       0  1700000000       0 "
                     "\"/usr/bin/verilator_bin\"\n"
                     "T      9000 1182  1700000000       0  1700000000       0 \"Vdut.h\"\n"),
      Paths{"/rtl/core.sv"});
}

TEST(ListedSources, OfNewerVersionsFollowADigest) {
  EXPECT_EQ(listed_sources("S  5231 1180  1700000000   12345  1700000000   12345 \"6a09e667\" "
                           "\"/my rtl/core.sv\"\n"),
            Paths{"/my rtl/core.sv"});
}

TEST(ListedSources, AreNoneOfADamagedList) {
  EXPECT_TRUE(listed_sources("").empty());
  EXPECT_TRUE(listed_sources("S 5231 1180 \"\nS\nS \n").empty());
}

}  // namespace
}  // namespace systole::dut
