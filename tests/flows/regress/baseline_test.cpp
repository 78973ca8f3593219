// baseline_test.cpp: what counts as slower or worse than an earlier regression.
#include "flows/regress/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/config/error.h"
#include "tests/flows/regress/sample.h"
#include "tests/support/files.h"

namespace systole::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// What a later regression finds against `was`, by way of the file.
BaselineChanges compare(const std::vector<CaseResult>& was, const std::vector<CaseResult>& is,
                        double threshold = 1.0, std::set<std::string> all_names = {}) {
  const TempDirectory folder;
  const std::string file = folder.write("results.json", to_json(sample_report(was)));
  for (const CaseResult& one : is) all_names.insert(one.name);
  return compare_with_baseline(read_results(file), sample_report(is).regression, all_names,
                               threshold);
}

CaseResult with_cycles(std::uint64_t cycles) {
  CaseResult one = sample_case("a");
  one.verdict.ops[0].cycles = cycles;
  return one;
}

TEST(AgainstABaseline, TheSameIsNoChange) {
  const BaselineChanges changes = compare({sample_case("a")}, {sample_case("a")});
  EXPECT_FALSE(changes.fails());
  EXPECT_THAT(changes.changes, IsEmpty());
}

TEST(AgainstABaseline, OnlyCyclesBeyondTheThresholdFail) {
  EXPECT_FALSE(compare({with_cycles(1000)}, {with_cycles(1010)}).fails());
  EXPECT_TRUE(compare({with_cycles(1000)}, {with_cycles(1011)}).fails());
  EXPECT_TRUE(compare({with_cycles(1000)}, {with_cycles(1001)}, 0.0).fails());
  EXPECT_FALSE(compare({with_cycles(1000)}, {with_cycles(900)}, 0.0).fails());
}

TEST(AgainstABaseline, TheCaseAndItsOpsAreNamedTheWorstFirst) {
  CaseResult was = with_cycles(1000), is = with_cycles(1100);
  was.verdict.ops.push_back(sample_op("pool", 1000));
  is.verdict.ops.push_back(sample_op("pool", 1000));
  const auto slower = compare({was}, {is}).slower();
  ASSERT_EQ(slower.size(), 2);
  EXPECT_EQ(slower[0].op, "conv");
  EXPECT_NEAR(slower[0].percent(), 10.0, 1e-9);
  EXPECT_EQ(slower[1].op, "");  // 2,000 -> 2,100.
  EXPECT_NEAR(slower[1].percent(), 5.0, 1e-9);
}

TEST(AgainstABaseline, AWorseVerdictFails) {
  CaseResult wrong = sample_case("a"), broken = sample_case("a");
  plant_mismatch(wrong);
  plant_assertion(broken);
  EXPECT_TRUE(compare({sample_case("a")}, {wrong}).fails());
  EXPECT_TRUE(compare({wrong}, {broken}).fails());
  EXPECT_FALSE(compare({wrong}, {sample_case("a")}).fails());
  EXPECT_FALSE(compare({wrong}, {wrong}).fails());
}

TEST(AgainstABaseline, CyclesOfACaseThatFailedAreNotLookedAt) {
  CaseResult broken = with_cycles(10);
  plant_assertion(broken);
  broken.verdict.ops[0].cycles = 10;  // Until it stopped.
  EXPECT_THAT(compare({broken}, {with_cycles(1000)}).changes, IsEmpty());
}

TEST(AgainstABaseline, NewAndVanishedCasesAndOpsAreNamed) {
  CaseResult was = sample_case("a"), is = sample_case("a");
  was.verdict.ops[1].name = "old";
  is.verdict.ops[1].name = "new";
  const BaselineChanges changes = compare({was, sample_case("gone"), sample_case("filtered")},
                                          {is, sample_case("b")}, 1.0, {"filtered"});
  EXPECT_THAT(changes.new_cases, ElementsAre("b"));
  EXPECT_THAT(changes.vanished_cases, ElementsAre("gone"));
  EXPECT_THAT(changes.new_ops, ElementsAre("a: new"));
  EXPECT_THAT(changes.vanished_ops, ElementsAre("a: old"));
}

TEST(AgainstABaseline, OtherFilesAreRefused) {
  const TempDirectory folder;
  const auto refusal = [&](const std::string& text) -> std::string {
    try {
      read_results(folder.write("results.json", text));
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  std::string good = to_json(sample_report({sample_case("a")}));
  EXPECT_EQ(refusal(good), "accepted");
  EXPECT_THAT(refusal(good.substr(0, good.size() / 2)), HasSubstr("got no JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("got other JSON"));
  EXPECT_THAT(refusal(R"({"format": 3})"), HasSubstr("got other JSON"));
  EXPECT_THAT(refusal(R"({"format": "systole-regression", "version": 2})"),
              HasSubstr("got another version"));
  EXPECT_THAT(refusal(R"({"format": "systole-regression", "version": 1, "cases": [{}]})"),
              HasSubstr("damaged JSON"));
  CaseResult side = sample_case("a");
  side.side = "A";
  EXPECT_THAT(refusal(to_json(sample_report({side}))), HasSubstr("two RTL trees"));
  EXPECT_THROW(read_results(folder.path("absent.json")), InputError);
}

TEST(ExitCode, IsTheWorstOfAllCases) {
  const auto code = [](std::vector<CaseState> states, bool slower = false) {
    Regression all;
    for (const CaseState state : states) {
      CaseResult one;
      one.state = state;
      one.attempts = {{state, 0, 0.0}};
      if (state == CaseState::kFlaky)
        one.attempts = {{CaseState::kTimeout, 0, 0.0}, {CaseState::kMatch, 0, 0.0}};
      all.cases.push_back(one);
    }
    return exit_code(all, slower);
  };
  EXPECT_EQ(code({CaseState::kMatch, CaseState::kMatch}), 0);
  EXPECT_EQ(code({CaseState::kMatch}, true), 1);
  EXPECT_EQ(code({CaseState::kMatch, CaseState::kMismatch}), 1);
  EXPECT_EQ(code({CaseState::kMismatch, CaseState::kTimeout}), 3);
  EXPECT_EQ(code({CaseState::kFlaky, CaseState::kMatch}), 3);
  EXPECT_EQ(code({CaseState::kMismatch, CaseState::kFailed}), 3);
}

}  // namespace
}  // namespace systole::test
