// answers_test.cpp: winners and right answers, by hand.
#include "model/quant/answers.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Answers, TheFirstOfEqualScoresWins) {
  const FloatTensor scores({3, 3}, {1, 2, 2, -1, -1, -1, 0, 0, 1});
  EXPECT_EQ(top1(scores), (std::vector<std::int32_t>{1, 0, 2}));
  EXPECT_EQ(count_correct(scores, {1, 1, 2}), 2);
}

TEST(Answers, ALabelAmongTheKLargestCounts) {
  const FloatTensor scores({2, 4}, {4, 3, 2, 1, 1, 5, 5, 5});
  EXPECT_EQ(count_correct(scores, {2, 3}, 2), 0);
  EXPECT_EQ(count_correct(scores, {2, 3}, 3), 2);
  EXPECT_EQ(count_correct(scores, {3, 0}, 4), 2);
}

TEST(Answers, ALabelThatIsNoClassIsNeverRight) {
  EXPECT_EQ(count_correct(FloatTensor({2, 2}, {1, 2, 1, 2}), {-1, 2}, 2), 0);
}

}  // namespace
}  // namespace systole
