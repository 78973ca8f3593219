// residual_test.cpp: additions that a convolution hosts.
#include "tests/unit/model/fuse/patterns.h"

namespace systole {
namespace {

TEST(FuseResidual, AnIdentityIsTheResidualOperand) {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("ar", {"a"}, Relu{});
  pattern.conv("b", "ar", 2).norm("n", "b", 3).add("s", {"ar", "n"}, Add{}).add("r", {"s"}, Relu{});
  pattern.conv("c", "r", 4);
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network),
            "a:int_conv2d(image) a.quant:mul_quant(a) b:int_conv2d(a.quant) "
            "b.quant:mul_quant(b,a.quant) c:int_conv2d(b.quant) c.quant:mul_quant(c)");
  EXPECT_EQ(fused.float_names.at("b.quant"), "r");
  expect_close(pattern, 25);
}

TEST(FuseResidual, TheZeroPointOfAnIdentityIsFolded) {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("s", {"a", "image"}, Add{});
  EXPECT_EQ(describe(pattern.fused().network), "a:int_conv2d(image) a.quant:mul_quant(a,image)");
  expect_close(pattern, 30);
}

TEST(FuseResidual, TheLaterConvolutionHostsTheAddition) {
  for (const bool swapped : {false, true}) {
    Pattern pattern;
    pattern.conv("a", "image", 1).conv("b", "image", 2).norm("an", "a", 3);
    pattern.add("s",
                swapped ? std::vector<std::string>{"b", "an"} : std::vector<std::string>{"an", "b"},
                Add{});
    pattern.conv("c", "s", 4);
    EXPECT_EQ(describe(pattern.fused().network),
              "a:int_conv2d(image) a.quant:mul_quant(a) b:int_conv2d(image) "
              "b.quant:mul_quant(b,a.quant) c:int_conv2d(b.quant) c.quant:mul_quant(c)");
    expect_close(pattern, 25);
  }
}

TEST(FuseResidual, AProjectionHasTheRecipesWidth) {
  Pattern pattern;
  pattern.conv("a", "image", 1).conv("b", "image", 2).add("s", {"a", "b"}, Add{});
  pattern.conv("c", "s", 4);
  double last = 0;
  for (const int bits : {8, 16}) {
    Recipe recipe;
    recipe.residuals.bits = bits;
    const FusedNetwork fused = pattern.fused(recipe);
    const IntNode projection = find_node(fused.network, "a.quant");
    EXPECT_EQ(projection.output.type, (IntType{bits, true}));
    EXPECT_EQ(projection.output.zero_point, 0);
    const double db = sqnr_db(pattern.compared(recipe).ops[0].integer_to_float);
    EXPECT_GT(db, last);
    last = db;
  }
  EXPECT_GT(last, 45);  // Only the operands' own 8 bits are left.
}

TEST(FuseResidual, ATensorAddedToItselfIsALoneAddition) {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("s", {"a", "a"}, Add{});
  EXPECT_EQ(describe(pattern.fused().network),
            "a:int_conv2d(image) a.quant:mul_quant(a) s:add(a.quant,a.quant)");
  expect_close(pattern, 25);
}

}  // namespace
}  // namespace systole
