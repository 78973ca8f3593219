// judge_test.cpp: units become jobs, and jobs rows, without losing a fault.
#include "sim/run/judge.h"

#include <gtest/gtest.h>

#include "model/ops/int_matmul.h"

namespace systole {
namespace {

JobEnd done(std::uint64_t cycles) {
  JobEnd end;
  end.cycles = cycles;
  end.complete = true;
  return end;
}

JobEnd failed(const std::string& message) {
  JobEnd end = done(1);
  end.status = JobStatus::kFailed;
  end.complete = false;
  end.message = message;
  return end;
}

TEST(Fold, AddsCyclesAndExtraBeats) {
  std::vector<JobEnd> ends = {done(10), done(32)};
  ends[0].extra_beats = 2;
  ends[1].extra_beats = 3;
  const JobEnd whole = fold(ends);
  EXPECT_EQ(whole.status, JobStatus::kDone);
  EXPECT_TRUE(whole.complete);
  EXPECT_EQ(whole.cycles, 42u);
  EXPECT_EQ(whole.extra_beats, 5u);
}

TEST(Fold, FailsWithTheFirstUnitThatFailed) {
  const std::vector<JobEnd> ends = {done(1), failed("one"), failed("two"), done(1)};
  const JobEnd whole = fold(ends);
  EXPECT_EQ(whole.status, JobStatus::kFailed);
  EXPECT_FALSE(whole.complete);
  EXPECT_EQ(whole.message, "one");
}

/// A product of [2 x 2] by the identity, with two mul_quants.
class JudgeTest : public testing::Test {
 protected:
  JudgeTest() {
    golden_.tensors["p"] = acc_;
    golden_.tensors["p.a"] = acc_;
    golden_.tensors["p.b"] = acc_;
    for (const char* name : {"p", "p.a", "p.b"}) rows_[name].name = name;
    rows_["p"].macs = 8;
  }

  JobVerdict judge_job(const Job& job, IntTensor acc, IntTensor out, const JobEnd& end) {
    return judge(job, end, {out.data, acc.data}, golden_, geometry_, [](std::int64_t flat) {
      return ElementPlace{0, flat / 2, flat % 2};
    });
  }

  const IntTensor acc_{{2, 2}, {1, 2, 3, 4}};
  const IntTensor wrong_{{2, 2}, {1, 2, 9, 4}};
  const MulQuant quant_{.channels = {{1, 0, 0, 1, 0}}, .clamp = {-90, 90}};
  IntNode product_{"p", {"x"}, IntMatmul{IntTensor({2, 2}, {1, 0, 0, 1})}, {}};
  IntNode a_{"p.a", {"p"}, quant_, {}}, b_{"p.b", {"p"}, quant_, {}};
  Geometry geometry_{.rows = 2, .cols = 2};
  Trace golden_;
  Rows rows_;
};

TEST_F(JudgeTest, MatchesEqualTensors) {
  const Job job{&product_, &a_};
  JobVerdict verdict = judge_job(job, acc_, acc_, done(4));
  verdict.predicted = 5;
  EXPECT_TRUE(add(job, verdict, geometry_, rows_));
  EXPECT_EQ(rows_["p"].state, OpState::kMatch);
  EXPECT_EQ(rows_["p"].compared, 4);
  EXPECT_EQ(rows_["p"].cycles, 4u);
  EXPECT_EQ(rows_["p"].predicted, 5u);
  EXPECT_DOUBLE_EQ(rows_["p"].utilisation, 0.5);
  EXPECT_EQ(rows_["p.a"].state, OpState::kMatch);
}

TEST_F(JudgeTest, BlamesTheStageAndPlaceOfADifference) {
  const Job job{&product_, &a_};
  add(job, judge_job(job, acc_, wrong_, done(4)), geometry_, rows_);
  EXPECT_EQ(rows_["p"].state, OpState::kMatch);
  EXPECT_EQ(rows_["p.a"].state, OpState::kMismatch);
  EXPECT_EQ(rows_["p.a"].stage, Stage::kMulQuant);
  ASSERT_TRUE(rows_["p.a"].first);
  EXPECT_EQ(rows_["p.a"].first->place.row, 1);
  EXPECT_EQ(rows_["p.a"].first->got, 9);
}

TEST_F(JudgeTest, KeepsTensorsThatDoNotMatch) {
  const JobVerdict verdict = judge_job({&product_, &a_}, acc_, wrong_, done(4));
  EXPECT_FALSE(verdict.accumulators);
  EXPECT_EQ(verdict.output, wrong_);
}

TEST_F(JudgeTest, SeesADifferenceInTheLastElement) {
  const Job job{&product_, &a_};
  add(job, judge_job(job, acc_, IntTensor({2, 2}, {1, 2, 3, 5}), done(4)), geometry_, rows_);
  EXPECT_EQ(rows_["p.a"].state, OpState::kMismatch);
  EXPECT_EQ(rows_["p.a"].mismatched, 1);
  EXPECT_EQ(rows_["p.a"].compared, 4);
}

TEST_F(JudgeTest, NeverMatchesAJobWithAFailedUnitWhateverItsTensors) {
  const Job job{&product_, &a_};
  add(job, judge_job(job, acc_, acc_, failed("killed")), geometry_, rows_);
  for (const char* name : {"p", "p.a"}) {
    EXPECT_EQ(rows_[name].state, OpState::kFailed);
    EXPECT_EQ(rows_[name].compared, 0);
    EXPECT_EQ(rows_[name].message, "killed");
  }
}

TEST_F(JudgeTest, KeepsABadProductWhenALaterJobOfItIsGood) {
  const Job first{&product_, &a_}, second{&product_, &b_};
  EXPECT_TRUE(add(first, judge_job(first, wrong_, wrong_, done(4)), geometry_, rows_));
  EXPECT_FALSE(add(second, judge_job(second, acc_, acc_, done(4)), geometry_, rows_));
  EXPECT_EQ(rows_["p"].state, OpState::kMismatch);
  EXPECT_EQ(rows_["p"].stage, Stage::kAccumulator);
  EXPECT_EQ(rows_["p.b"].state, OpState::kMatch);
  EXPECT_EQ(rows_["p"].cycles, 8u);
}

TEST_F(JudgeTest, SeesABadProductInALaterJob) {
  const Job first{&product_, &a_}, second{&product_, &b_};
  add(first, judge_job(first, acc_, acc_, done(4)), geometry_, rows_);
  EXPECT_TRUE(add(second, judge_job(second, wrong_, wrong_, done(4)), geometry_, rows_));
  EXPECT_EQ(rows_["p"].state, OpState::kMismatch);
}

TEST_F(JudgeTest, CountsExtraBeatsAsElementsOfTheLastOp) {
  const Job job{&product_, &a_};
  JobEnd end = done(4);
  end.extra_beats = 3;
  add(job, judge_job(job, acc_, acc_, end), geometry_, rows_);
  EXPECT_EQ(rows_["p"].mismatched, 0);
  EXPECT_EQ(rows_["p.a"].state, OpState::kMismatch);
  EXPECT_EQ(rows_["p.a"].mismatched, 6);
}

}  // namespace
}  // namespace systole
