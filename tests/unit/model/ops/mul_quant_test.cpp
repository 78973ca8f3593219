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

}  // namespace
}  // namespace systole
