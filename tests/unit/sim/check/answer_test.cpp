// answer_test.cpp: what a wrong output means.
#include "sim/check/answer.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

IntTensor logits(std::vector<std::int32_t> values) { return {{2, 3}, std::move(values)}; }

TEST(Answer, OfEqualTensorsHasNoNoise) {
  const Answer answer =
      compare_answers("y", logits({1, 5, 2, 9, 0, 0}), logits({1, 5, 2, 9, 0, 0}));
  EXPECT_EQ(answer.output, "y");
  EXPECT_EQ(answer.samples, 2);
  EXPECT_EQ(answer.top1_changed, 0);
  EXPECT_EQ(answer.sqnr_db, std::nullopt);
}

TEST(Answer, CountsSamplesWhoseLargestElementMoved) {
  const Answer answer =
      compare_answers("y", logits({1, 5, 2, 9, 0, 0}), logits({6, 5, 2, 8, 0, 0}));
  EXPECT_EQ(answer.top1_changed, 1);
  // Signal 1 + 25 + 4 + 81 = 111, noise 25 + 1 = 26.
  ASSERT_TRUE(answer.sqnr_db);
  EXPECT_NEAR(*answer.sqnr_db, 6.3035, 1e-4);
}

TEST(Answer, TakesTheFirstOfEquals) {
  EXPECT_EQ(
      compare_answers("y", logits({5, 5, 0, 0, 0, 1}), logits({5, 4, 0, 0, 0, 1})).top1_changed, 0);
}

}  // namespace
}  // namespace systole
