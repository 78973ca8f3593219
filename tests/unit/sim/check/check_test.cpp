// check_test.cpp: equality with an explicit end, and which stage a difference belongs to.
#include "sim/check/check.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

const PlaceOf kNowhere = [](std::int64_t flat) { return ElementPlace{0, flat, 0}; };

OpVerdict check(const IntTensor& golden, const IntTensor& got, std::int64_t extra = 0) {
  OpVerdict op;
  check_tensor(golden, got.data, extra, kNowhere, op);
  return op;
}

TEST(CheckTensor, MatchesWhenEveryElementIsEqual) {
  const IntTensor tensor({2, 2}, {1, 2, 3, 4});
  const OpVerdict op = check(tensor, tensor);
  EXPECT_EQ(op.state, OpState::kMatch);
  EXPECT_EQ(op.compared, 4);
  EXPECT_EQ(op.mismatched, 0);
  EXPECT_FALSE(op.first.has_value());
}

TEST(CheckTensor, NamesTheFirstOfTheDifferences) {
  const OpVerdict op = check(IntTensor({2, 2}, {1, 2, 3, 4}), IntTensor({2, 2}, {1, 2, 9, -4}));
  EXPECT_EQ(op.state, OpState::kMismatch);
  EXPECT_EQ(op.mismatched, 2);
  ASSERT_TRUE(op.first.has_value());
  EXPECT_EQ(op.first->index, (Shape{1, 0}));
  EXPECT_EQ(op.first->expected, 3);
  EXPECT_EQ(op.first->got, 9);
  EXPECT_EQ(op.first->place.row, 2);
}

TEST(CheckTensor, CountsExtraElementsAsMismatched) {
  const IntTensor tensor({2}, {1, 2});
  const OpVerdict op = check(tensor, tensor, 3);
  EXPECT_EQ(op.state, OpState::kMismatch);
  EXPECT_EQ(op.compared, 2);
  EXPECT_EQ(op.mismatched, 3);
}

TEST(CheckTensor, DoesNotAcceptAComparisonOfNothing) {
  EXPECT_EQ(check(IntTensor({0}), IntTensor({0})).state, OpState::kMismatch);
}

MulQuant halve() { return {.channels = {{1, 0, 1, 1, 0}}, .clamp = {-128, 127}}; }

TEST(FindStage, BlamesTheAccumulatorWhenTheOutputFollowsFromIt) {
  const IntTensor golden({2}, {4, 8}), accumulators({2}, {8, 20}), got({2}, {4, 10});
  EXPECT_EQ(find_stage(golden, got, &accumulators, nullptr, halve()), Stage::kAccumulator);
}

TEST(FindStage, BlamesMulQuantWhenTheOutputDoesNotFollow) {
  const IntTensor golden({2}, {4, 8}), accumulators({2}, {8, 16}), got({2}, {4, 9});
  EXPECT_EQ(find_stage(golden, got, &accumulators, nullptr, halve()), Stage::kMulQuant);
}

TEST(FindStage, TakesTheResidualIntoAccount) {
  const IntTensor golden({1}, {5}), accumulators({1}, {10}), residual({1}, {4}), got({1}, {7});
  EXPECT_EQ(find_stage(golden, got, &accumulators, &residual, halve()), Stage::kAccumulator);
  EXPECT_EQ(find_stage(golden, got, &accumulators, nullptr, halve()), Stage::kMulQuant);
}

// -3 / 4 is -1/2 after the first rounding, -1 after the second.
TEST(FindStage, RescalesWithTheOpsOwnRoundings) {
  const Requantise quarter{.dialect = Gemmlowp{{{1 << 30, -1}}}, .clamp = {-128, 127}};
  const IntTensor golden({1}, {0}), accumulators({1}, {-3});
  EXPECT_EQ(find_stage(golden, IntTensor({1}, {-1}), &accumulators, nullptr, quarter),
            Stage::kAccumulator);
  EXPECT_EQ(find_stage(golden, IntTensor({1}, {1}), &accumulators, nullptr, quarter),
            Stage::kMulQuant);
}

TEST(FindStage, BlamesMulQuantForAStream) {
  const IntTensor golden({1}, {1}), got({1}, {2});
  EXPECT_EQ(find_stage(golden, got, nullptr, nullptr, halve()), Stage::kMulQuant);
  EXPECT_EQ(find_stage(golden, golden, nullptr, nullptr, halve()), Stage::kNone);
}

OpVerdict row(OpState state, std::int64_t compared, std::int64_t mismatched = 0) {
  OpVerdict op;
  op.state = state;
  op.compared = compared;
  op.mismatched = mismatched;
  return op;
}

TEST(Total, SumsOverOpsAndMatches) {
  const Totals totals = total({row(OpState::kMatch, 3), row(OpState::kHost, 0)}, false);
  EXPECT_EQ(totals.state, VerdictState::kMatch);
  EXPECT_EQ(totals.compared, 3);
}

TEST(Total, IsAMismatchWhenNothingWasCompared) {
  EXPECT_EQ(total({row(OpState::kHost, 0)}, false).state, VerdictState::kMismatch);
  EXPECT_EQ(total({}, false).state, VerdictState::kMismatch);
}

TEST(Total, LetsAFailureOutweighAMismatchAndAnInterruptBoth) {
  const std::vector<OpVerdict> ops = {row(OpState::kMismatch, 2, 1), row(OpState::kFailed, 0)};
  EXPECT_EQ(total(ops, false).state, VerdictState::kFailed);
  EXPECT_EQ(total(ops, true).state, VerdictState::kIncomplete);
}

TEST(ExitCode, IsStable) {
  EXPECT_EQ(exit_code(VerdictState::kMatch), 0);
  EXPECT_EQ(exit_code(VerdictState::kMismatch), 1);
  EXPECT_EQ(exit_code(VerdictState::kFailed), 3);
  EXPECT_EQ(exit_code(VerdictState::kIncomplete), 130);
}

}  // namespace
}  // namespace systole
