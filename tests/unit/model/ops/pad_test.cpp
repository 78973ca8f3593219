// pad_test.cpp: tensors inside larger ones.
#include "model/ops/pad.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

using Amounts = std::vector<std::array<std::int64_t, 2>>;

TEST(Pad, PutsTheValueBeforeAndAfter) {
  const IntTensor x({1, 2}, std::vector<std::int32_t>{1, 2});
  EXPECT_EQ(pad(x, Amounts{{2, 1}}, -9),
            IntTensor({1, 5}, std::vector<std::int32_t>{-9, -9, 1, 2, -9}));
}

TEST(Pad, PadsEveryAxisButTheBatch) {
  const IntTensor x({2, 1, 2}, std::vector<std::int32_t>{1, 2, 3, 4});
  EXPECT_EQ(pad(x, Amounts{{1, 0}, {0, 1}}, 7),
            IntTensor({2, 2, 3}, std::vector<std::int32_t>{7, 7, 7, 1, 2, 7, 7, 7, 7, 3, 4, 7}));
}

TEST(Pad, PadsReals) {
  const FloatTensor x({1, 1}, 0.5F);
  EXPECT_EQ(pad(x, Amounts{{1, 1}}, 0), FloatTensor({1, 3}, std::vector<float>{0, 0.5F, 0}));
}

TEST(Pad, ByNothingChangesNothing) {
  const IntTensor x = Random(43).ints({2, 3, 4, 5}, -9, 9);
  EXPECT_EQ(pad(x, Amounts{{0, 0}, {0, 0}, {0, 0}}, 1), x);
  EXPECT_EQ(pad(IntTensor({3}, 1), Amounts{}, 1), IntTensor({3}, 1));
}

TEST(Pad, KeepsEveryPixelOfABatchOfImages) {
  const IntTensor x = Random(44).ints({2, 3, 4, 2}, -9, 9);
  const IntTensor y = pad(x, Amounts{{1, 2}, {3, 1}, {0, 4}}, 77);
  ASSERT_EQ(y.shape, (Shape{2, 6, 8, 6}));
  std::int64_t padded = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    const Shape at = unravel(i, y.shape);
    const std::int64_t h = at[1] - 1, w = at[2] - 3, c = at[3];
    const bool is_inside = 0 <= h && h < 3 && 0 <= w && w < 4 && c < 2;
    ASSERT_EQ(y[i], is_inside ? x[((at[0] * 3 + h) * 4 + w) * 2 + c] : 77) << i;
    padded += is_inside ? 0 : 1;
  }
  EXPECT_EQ(padded, y.size() - x.size());
}

}  // namespace
}  // namespace systole
