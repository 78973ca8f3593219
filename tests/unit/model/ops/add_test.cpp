// add_test.cpp: sums of two tensors.
#include "model/ops/add.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Add, BringsBothOperandsToOneScale) {
  const IntTensor a({1, 2}, std::vector<std::int32_t>{10, -10});
  const IntTensor c({1, 2}, std::vector<std::int32_t>{3, 4});
  MulQuant op;
  op.channels = {{.scale = 3, .bias = 4, .shift = 3, .residual_scale = 5, .residual_shift = 1}};
  op.zero_point = 100;
  op.clamp = {0, 255};
  // (30 + 4 + 30) / 8 = 8; (-30 + 4 + 40) / 8 = 1.75
  EXPECT_EQ(add(a, c, op), IntTensor({1, 2}, std::vector<std::int32_t>{108, 102}));
}

TEST(Add, Clamps) {
  MulQuant op;
  op.channels = {{.scale = 1, .residual_scale = 1}};
  op.clamp = {-128, 127};
  EXPECT_EQ(add(IntTensor({1}, 100), IntTensor({1}, 27), op)[0], 127);
  EXPECT_EQ(add(IntTensor({1}, 100), IntTensor({1}, 28), op)[0], 127);
  EXPECT_EQ(add(IntTensor({1}, -100), IntTensor({1}, -29), op)[0], -128);
}

TEST(Add, OfFloatsIsElementByElement) {
  const FloatTensor a({2}, std::vector<float>{1.5F, -2.0F});
  const FloatTensor b({2}, std::vector<float>{0.25F, 2.0F});
  EXPECT_EQ(add(a, b), FloatTensor({2}, std::vector<float>{1.75F, 0.0F}));
}

}  // namespace
}  // namespace systole
