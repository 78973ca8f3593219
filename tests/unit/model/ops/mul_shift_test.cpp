// mul_shift_test.cpp: rescaling that keeps all bits.
#include "model/ops/mul_shift.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(MulShift, ScalesAndAddsPerChannel) {
  const IntTensor x({2, 2}, std::vector<std::int32_t>{1, 2, 3, -4});
  const auto y = mul_shift(x, {{.scale = 3, .bias = 1}, {.scale = -2, .bias = 10}});
  EXPECT_EQ(y.shape, x.shape);
  EXPECT_EQ(y.data, (std::vector<std::int64_t>{4, 6, 10, 18}));
}

TEST(MulShift, TakesOneChannelForAll) {
  const IntTensor x({1, 3}, std::vector<std::int32_t>{1, 0, -1});
  EXPECT_EQ(mul_shift(x, {{.scale = 5, .bias = 2}}).data, (std::vector<std::int64_t>{7, 2, -3}));
}

TEST(MulShift, IsExactBeyond32Bits) {
  const IntTensor x({1}, std::vector<std::int32_t>{INT32_MIN});
  const auto y = mul_shift(x, {{.scale = INT32_MIN, .bias = (std::int64_t{1} << 62) - 1}});
  EXPECT_EQ(y[0], INT64_MAX);
}

TEST(NarrowToInt32, EndsAt32Bits) {
  using Wide = Tensor<std::int64_t>;
  const Wide fits({2}, std::vector<std::int64_t>{INT32_MIN, INT32_MAX});
  EXPECT_EQ(narrow_to_int32(fits), IntTensor({2}, std::vector<std::int32_t>{INT32_MIN, INT32_MAX}));
  EXPECT_FALSE(narrow_to_int32(Wide({1}, std::int64_t{INT32_MAX} + 1)));
  EXPECT_FALSE(narrow_to_int32(Wide({1}, std::int64_t{INT32_MIN} - 1)));
}

}  // namespace
}  // namespace systole
