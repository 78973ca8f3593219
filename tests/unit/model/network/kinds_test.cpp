// kinds_test.cpp: which ops take and give reals.
#include "model/network/kinds.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

std::string complaint(const IntOp& op, const std::vector<bool>& operands_real) {
  try {
    check_kinds("op", op, operands_real, {"net.yaml", 7});
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(Kinds, OpsOfCodesTakeAndGiveIntegers) {
  for (const IntOp& op : std::vector<IntOp>{
           IntConv2d{}, IntMatmul{}, MulShift{}, MulQuant{}, IntAdd{}, IntRelu{}, IntMaxPool{},
           IntSumPool{}, IntAvgPool{}, IntBatchMatmul{}, IntMul{}, IntClamp{}, Lookup{},
           RoundedAvgPool{}, Requantise{}, RequantiseAdd{}, GemmlowpSoftmax{}}) {
    EXPECT_EQ(complaint(op, {false, false}), "") << op.index();
    EXPECT_EQ(complaint(op, {false, true}),
              "net.yaml:7: op: got an operand of reals, expected integers; put a quantize op in "
              "front")
        << op.index();
    EXPECT_FALSE(gives_reals(op, {false, false})) << op.index();
  }
}

TEST(Kinds, MovementsKeepTheKindOfTheirOperands) {
  for (const IntOp& op : std::vector<IntOp>{IntConcat{}, IntFlatten{}, Pad{}, Reshape{}}) {
    for (const bool real : {false, true}) {
      EXPECT_EQ(complaint(op, {real, real}), "") << op.index();
      EXPECT_EQ(gives_reals(op, {real, real}), real) << op.index();
    }
    for (const bool first : {false, true})
      EXPECT_EQ(complaint(op, {first, !first}),
                "net.yaml:7: op: got integers and reals, expected operands of one kind; put a "
                "quantize or a dequantize op in front of one")
          << op.index();
  }
}

TEST(Kinds, QuantizeTurnsRealsIntoIntegersAndDequantizeBack) {
  EXPECT_EQ(complaint(QuantizeReal{}, {true}), "");
  EXPECT_NE(complaint(QuantizeReal{}, {false}), "");
  EXPECT_FALSE(gives_reals(QuantizeReal{}, {true}));
  EXPECT_EQ(complaint(Dequantize{}, {false}), "");
  EXPECT_NE(complaint(Dequantize{}, {true}), "");
  EXPECT_TRUE(gives_reals(Dequantize{}, {false}));
}

TEST(Kinds, FloatArithmeticTakesBothAndGivesReals) {
  for (const IntOp& op : std::vector<IntOp>{FloatMulShift{}, FloatIsland{Add{}}})
    for (const std::vector<bool>& operands : std::vector<std::vector<bool>>{
             {false, false}, {true, false}, {false, true}, {true, true}}) {
      EXPECT_EQ(complaint(op, operands), "") << op.index();
      EXPECT_TRUE(gives_reals(op, operands)) << op.index();
    }
}

}  // namespace
}  // namespace systole
