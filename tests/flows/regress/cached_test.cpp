// cached_test.cpp: verdicts of earlier runs are told from new ones wherever they are reported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "flows/regress/terminal.h"
#include "tests/flows/regress/sample.h"

namespace systole::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Cached, VerdictsAreMarkedOnThePageByCaseAndByOp) {
  const std::string html = page(partly_cached());
  EXPECT_THAT(html, HasSubstr("none differs; 300 cached"));
  EXPECT_EQ(count_of(html, ">1 of 2 ops cached</span>"), 1);
  // The case "warm", and three ops.
  EXPECT_EQ(count_of(html, ">cached</span>"), 4);
  EXPECT_THAT(page(every_state()), Not(HasSubstr("cached<")));
}

TEST(Cached, DifferencesAreMarkedWhereTheyAreExplained) {
  CaseResult wrong = sample_case("wrong");
  plant_mismatch(wrong);
  wrong.verdict.ops[1].cached = true;
  const std::string html = page(sample_report({wrong}));
  const std::string trouble = html.substr(0, html.find("<h2 style"));
  EXPECT_EQ(count_of(trouble, ">cached</span>"), 1);
}

TEST(Cached, FailuresAreNeverCalledSo) {
  CaseResult broken = sample_case("broken");
  plant_assertion(broken);
  broken.verdict.ops[1].cached = true;
  EXPECT_THAT(to_text(sample_report({broken}), false), HasSubstr("failed (1 of 2 ops cached)"));
}

TEST(Cached, RegressionsSayWhereNothingWasSimulated) {
  CaseResult warm = partly_cached().regression.cases[0];
  EXPECT_THAT(page(sample_report({warm})), HasSubstr("none differs; all cached"));
}

TEST(Cached, VerdictsAreMarkedOnTheTerminal) {
  const std::string text = to_text(partly_cached(), false);
  EXPECT_THAT(text, testing::ContainsRegex("warm .*match \\(cached\\)\n"));
  EXPECT_THAT(text, testing::ContainsRegex("half .*match \\(1 of 2 ops cached\\)\n"));
  EXPECT_THAT(text, testing::ContainsRegex("cold .*match\n"));
  RegressionReport resumed = partly_cached();
  resumed.regression.cases[0].taken_over = true;
  EXPECT_THAT(to_text(resumed, false), HasSubstr("match (cached, taken over)"));
  EXPECT_THAT(text, HasSubstr("3 match; 300 of 600 elements by earlier runs (cached); 12.5 s"));
  EXPECT_THAT(to_text(every_state(), false), Not(HasSubstr("cached")));
}

TEST(Cached, VerdictsAreMarkedAndCountedInResultsJson) {
  const auto json = nlohmann::json::parse(to_json(partly_cached()));
  EXPECT_EQ(json["compared"], 600);
  EXPECT_EQ(json["cached"], 300);
  const auto& half = json["cases"][1];
  EXPECT_EQ(half["cached"], 100);
  EXPECT_EQ(half["ops"][0]["cached"], false);
  EXPECT_EQ(half["ops"][1]["cached"], true);
  EXPECT_EQ(json["cases"][2]["cached"], 0);
}

}  // namespace
}  // namespace systole::test
