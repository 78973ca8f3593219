// case_store_test.cpp: a case counts as finished only where all that it depends on agrees.
#include "flows/regress/case_store.h"

#include <gtest/gtest.h>

#include "model/config/error.h"
#include "sim/report/json.h"
#include "tests/flows/regress/sample.h"
#include "tests/support/files.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

class Kept : public testing::Test {
 protected:
  Kept() {
    clear_case(case_);
    write_text(case_ + "/attempt-1.log", "");
    RunReport report;
    report.dut.key = "key";
    report.totals.compared = 10;
    write_text(case_ + "/verdict.json", to_json(report));
    keep(CaseState::kMatch);
  }

  void keep(CaseState state) {
    CaseResult result;
    result.name = "a";
    result.state = state;
    result.message = "said";
    result.attempts = {{CaseState::kFailed, 139, 0.5}, {state, 0, 1.5}};
    keep_case(case_, "identity", result);
  }
  std::optional<CaseResult> kept() { return kept_case(case_, "identity", "key", {}); }

  TempDirectory folder_;
  const std::string case_ = folder_.path("cases/a");
};

TEST_F(Kept, IsWhatEnded) {
  const auto result = kept();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->state, CaseState::kMatch);
  EXPECT_EQ(result->message, "said");
  EXPECT_TRUE(result->taken_over);
  ASSERT_EQ(result->attempts.size(), 2);
  EXPECT_EQ(result->attempts[0].status, 139);
  EXPECT_EQ(result->verdict.compared, 10);
}

TEST_F(Kept, IsNothingOfAnotherConfigurationOrDesign) {
  EXPECT_FALSE(kept_case(case_, "another", "key", {}));
  EXPECT_FALSE(kept_case(case_, "identity", "another", {}));
  EXPECT_FALSE(kept_case(case_, "identity", "", {}));
}

TEST_F(Kept, IsNothingOnceAFileIsGoneOrDamaged) {
  const std::string good = read_text(case_ + "/case.json");
  const std::string verdict = read_text(case_ + "/verdict.json");
  write_text(case_ + "/case.json", good.substr(0, good.size() / 2));
  EXPECT_FALSE(kept());
  write_text(case_ + "/case.json", "[]");
  EXPECT_FALSE(kept());
  write_text(case_ + "/case.json", good);
  ASSERT_TRUE(kept());
  write_text(case_ + "/verdict.json", verdict + " ");
  EXPECT_FALSE(kept());
  fs::remove(case_ + "/verdict.json");
  EXPECT_FALSE(kept());
}

TEST_F(Kept, IsNothingOfACaseThatRanOutOfTime) {
  keep(CaseState::kTimeout);
  EXPECT_FALSE(kept());
  keep(CaseState::kMismatch);
  EXPECT_TRUE(kept());
}

TEST_F(Kept, IsClearedForTheNextRun) {
  clear_case(case_);
  EXPECT_TRUE(fs::is_empty(case_));
  EXPECT_FALSE(kept());
}

TEST_F(Kept, FilesOfOthersAreNeverCleared) {
  const std::string other = folder_.path("other");
  fs::create_directory(other);
  write_text(other + "/thesis.tex", "");
  EXPECT_THROW(clear_case(other), InputError);
  EXPECT_TRUE(fs::exists(other + "/thesis.tex"));
}

}  // namespace
}  // namespace systole::test
