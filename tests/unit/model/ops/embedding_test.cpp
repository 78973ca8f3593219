#include "model/ops/embedding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

namespace systole {
namespace {

TEST(Embedding, TakesTheTablesRows) {
  const FloatTensor table({3, 2}, {0, 1, 10, 11, 20, 21});
  EXPECT_EQ(embedding({{2, 2}, {2, 0, 0, 1}}, table),
            FloatTensor({2, 2, 2}, {20, 21, 0, 1, 0, 1, 10, 11}));
}

TEST(Embedding, NamesTheFirstIdThatTheTableLacks) {
  EXPECT_EQ(first_bad_id({{1, 4}, {0, 2, 1, -0.0F}}, 3), std::nullopt);
  EXPECT_EQ(first_bad_id({{2, 2}, {0, 2, 3, -1}}, 3), 2);
  EXPECT_EQ(first_bad_id({{2, 2}, {0, -1, 3, 0}}, 3), 1);
}

TEST(Embedding, HasNoRowsForFractionsAndWhatIsNoNumber) {
  for (const float x : {0.5F, 1.0000001F, 0x1p31F, -3e9F, std::nanf(""), HUGE_VALF})
    EXPECT_EQ(first_bad_id({{1, 2}, {1, x}}, 3), 1) << x;
}

}  // namespace
}  // namespace systole
