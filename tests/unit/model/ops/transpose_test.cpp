#include "model/ops/transpose.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

using Order = std::vector<std::int64_t>;

TEST(Transpose, SwapsRowsAndColumnsOfEverySample) {
  const IntTensor x({2, 2, 3}, {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16});
  EXPECT_EQ(transpose(x, Order{1, 0}),
            IntTensor({2, 3, 2}, {1, 4, 2, 5, 3, 6, 11, 14, 12, 15, 13, 16}));
}

TEST(Transpose, PutsChannelsInFrontOfAnImage) {
  // [h 1, w 2, c 3] to [c, h, w].
  const FloatTensor x({1, 1, 2, 3}, {0, 1, 2, 10, 11, 12});
  EXPECT_EQ(transpose(x, Order{2, 0, 1}), FloatTensor({1, 3, 1, 2}, {0, 10, 1, 11, 2, 12}));
}

TEST(Transpose, OutputAxisIIsOperandAxisOrderI) {
  // A cycle of three axes and its inverse, which is another order.
  IntTensor x({1, 2, 3, 4});
  for (std::int64_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::int32_t>(i);
  const IntTensor y = transpose(x, Order{1, 2, 0});
  ASSERT_EQ(y.shape, (Shape{1, 3, 4, 2}));
  EXPECT_EQ(y[(2 * 4 + 3) * 2 + 1], (1 * 3 + 2) * 4 + 3);  // y[2, 3, 1] = x[1, 2, 3].
  EXPECT_EQ(transpose(y, Order{2, 0, 1}), x);
}

TEST(Transpose, OfTheSameOrderIsACopy) {
  const IntTensor x({1, 2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(transpose(x, Order{0, 1}), x);
}

}  // namespace
}  // namespace systole
