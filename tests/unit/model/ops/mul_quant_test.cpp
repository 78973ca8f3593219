// mul_quant_test.cpp: rescaling of accumulators; requantise/fixed_test.cpp has the arithmetic.
#include "model/ops/mul_quant.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

MulQuant with(const MulQuantChannel& channel, const IntRange& clamp) {
  MulQuant op;
  op.channels = {channel};
  op.clamp = clamp;
  return op;
}

TEST(MulQuant, TakesOneChannelForAllOrOneEach) {
  const IntTensor acc({2, 2}, std::vector<std::int32_t>{1, 2, 3, 4});
  MulQuant op = with({.scale = 10}, {-100, 100});
  EXPECT_EQ(mul_quant(acc, nullptr, op).data, (std::vector<std::int32_t>{10, 20, 30, 40}));
  op.channels.push_back({.scale = -1});
  EXPECT_EQ(mul_quant(acc, nullptr, op).data, (std::vector<std::int32_t>{10, -2, 30, -4}));
}

TEST(MulQuant, TakesAResidualTensor) {
  const IntTensor acc({2, 2}, std::vector<std::int32_t>{1, 2, 3, 4});
  const IntTensor residual({2, 2}, std::vector<std::int32_t>{5, -6, 7, 8});
  const MulQuant op = with({.scale = 1, .residual_scale = 2}, {-100, 100});
  EXPECT_EQ(mul_quant(acc, &residual, op),
            IntTensor({2, 2}, std::vector<std::int32_t>{11, -10, 17, 20}));
}

TEST(MulQuant, TakesConstantsPerToken) {
  // [n 2, tokens 2, channels 2].
  const IntTensor acc({2, 2, 2}, {1, 1, 1, 1, 2, 2, 2, 2});
  MulQuant op{.channels = {{.scale = 1}, {.scale = 2}, {.scale = 3}, {.scale = 4}},
              .clamp = {-128, 127},
              .tokens = 2};
  EXPECT_EQ(mul_quant(acc, nullptr, op), IntTensor({2, 2, 2}, {1, 2, 3, 4, 2, 4, 6, 8}));
  EXPECT_EQ(op.channel(3, 0).scale, 3);
  op.channels.resize(2);  // One per token.
  EXPECT_EQ(mul_quant(acc, nullptr, op), IntTensor({2, 2, 2}, {1, 1, 2, 2, 2, 2, 4, 4}));
  EXPECT_EQ(op.channel(3, 0).scale, 2);
}

}  // namespace
}  // namespace systole
