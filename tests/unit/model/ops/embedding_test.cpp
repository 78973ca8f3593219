#include "model/ops/embedding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <optional>

namespace systole {
namespace {

TEST(Embedding, TakesTheTablesRows) {
  const FloatTensor table({3, 2}, {0, 1, 10, 11, 20, 21});
  EXPECT_EQ(embedding({{2, 2}, {2, 0, 0, 1}}, table),
            FloatTensor({2, 2, 2}, {20, 21, 0, 1, 0, 1, 10, 11}));
}

TEST(FirstOutside, NamesTheFirstIdThatTheTableLacks) {
  EXPECT_EQ(first_outside({{1, 3}, {0, 2, 1}}, 3), std::nullopt);
  EXPECT_EQ(first_outside({{2, 2}, {0, 2, 3, -1}}, 3), 2);
  EXPECT_EQ(first_outside({{2, 2}, {0, -1, 3, 0}}, 3), 1);
}

TEST(WholeNumbers, AreTheIntegersThatRealsStandFor) {
  EXPECT_EQ(whole_numbers({{1, 4}, {0, -0.0F, -0x1p31F, 0x1.fffffep30F}}),
            IntTensor({1, 4}, {0, 0, INT32_MIN, INT32_MAX - 127}));
}

TEST(WholeNumbers, RefuseFractionsAndWhatIsTooLarge) {
  for (const float x : {0.5F, 1.0000001F, 0x1p31F, -3e9F, std::nanf(""), HUGE_VALF})
    EXPECT_EQ(whole_numbers({{1, 2}, {1, x}}), std::nullopt) << x;
}

}  // namespace
}  // namespace systole
