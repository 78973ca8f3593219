// page_test.cpp: the page of regressions written by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/flows/regress/sample.h"

namespace systole::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Page, NeedsNothingFromElsewhere) {
  const std::string html = page(every_state());
  for (const char* reference : {"http:", "https:", "src=", "@import", "url(", "<link", "//cdn"})
    EXPECT_THAT(html, Not(HasSubstr(reference)));
}

TEST(Page, TellsWhatDoesNotMatchAndWhy) {
  const std::string html = page(every_state());
  EXPECT_THAT(html, HasSubstr("<h1>4 of 6 cases do not match</h1>"));
  EXPECT_THAT(html, HasSubstr("Ties go up"));
  EXPECT_THAT(html, HasSubstr("Rounding half up gives every one of them"));
  EXPECT_THAT(html, HasSubstr("assertion failed: HeldWhileStalled"));
  EXPECT_THAT(html, HasSubstr("channel_check.sv:31"));
  EXPECT_THAT(html, HasSubstr("href=\"cases/wrong/explain/quant/tile.fst\""));
  EXPECT_THAT(html, HasSubstr("href=\"cases/wrong/explain/quant/reproducer\""));
  EXPECT_THAT(html, Not(HasSubstr("Viewer file")));  // There is none.
}

TEST(Page, DrawsEveryDifferingCell) {
  const std::string html = page(every_state());
  // Column 3 of 4, rows 0 and 1: 4 and 3 of at most 4 differences, shades 8 and ceil(8 *
  // sqrt(3/4)).
  EXPECT_THAT(html, HasSubstr("d=\"M3 0h1v1h-1z\" fill-opacity=\"1.00\""));
  EXPECT_THAT(html, HasSubstr("d=\"M3 1h1v1h-1z\" fill-opacity=\"0.89\""));
  EXPECT_THAT(html, HasSubstr("<rect class=\"pe-mark\" x=\"3\" y=\"0\" width=\"1\" height=\"4\">"));
}

TEST(Page, GivesALineToAccumulatorsFollowers) {
  CaseResult wrong = sample_case("wrong");
  plant_mismatch(wrong);
  Explanation& why = *wrong.verdict.ops[1].explanation;
  why.follows = true;
  why.stage = why.kind = "";
  why.evidence = {"follows from its accumulators"};
  const std::string html = page(sample_report({wrong}));
  EXPECT_THAT(html, HasSubstr("Follows from its accumulators"));
  EXPECT_THAT(html, HasSubstr("7 of 100 elements differ"));
  EXPECT_THAT(html, Not(HasSubstr("Over the output")));
}

TEST(Page, GivesManyDifferingOpsALineEachAndCountsTheRest) {
  CaseResult wrong = sample_case("wrong");
  plant_mismatch(wrong);
  OpVerdict op = wrong.verdict.ops[1];
  wrong.verdict.ops.clear();
  for (int i = 0; i < 49; ++i) {
    op.name = "op" + std::to_string(i);
    wrong.verdict.ops.push_back(op);
  }
  const std::string html = page(sample_report({wrong}));
  EXPECT_EQ(count_of(html, ">Over the output</h4>"), 6);
  EXPECT_EQ(count_of(html, "class=\"wrong line\""), 40);
  EXPECT_THAT(html, HasSubstr("and 3 ops more"));
}

TEST(Page, TellsAFailureOnceAndWhichOpsShareIt) {
  CaseResult broken = sample_case("broken");
  plant_assertion(broken);
  OpVerdict& quant = broken.verdict.ops[1];
  quant.state = OpState::kFailed;
  quant.message = broken.verdict.ops[0].message;
  std::string html = page(sample_report({broken}));
  EXPECT_EQ(count_of(html, "HeldWhileStalled"), 1);
  EXPECT_THAT(html, HasSubstr(">As conv</span>"));
  quant.message = "assertion failed: NeverOverfull";
  html = page(sample_report({broken}));
  EXPECT_THAT(html, HasSubstr("NeverOverfull"));
  EXPECT_THAT(html, Not(HasSubstr(">As conv</span>")));
}

TEST(Page, LinksTheWaveformOfAFailure) {
  CaseResult broken = sample_case("broken");
  plant_assertion(broken);
  broken.verdict.ops[0].explanation =
      Explanation{.evidence = {"the op, alone, fails too"}, .wave = "explain/conv/wave.fst"};
  broken.verdict.ops[0].explanation->first_cycle = 78;
  broken.verdict.ops[1] = broken.verdict.ops[0];
  const std::string html = page(sample_report({broken}));
  EXPECT_THAT(html, HasSubstr("href=\"cases/broken/explain/conv/wave.fst\""));
  EXPECT_THAT(html, HasSubstr("The op, alone, fails too"));
  EXPECT_THAT(html, Not(HasSubstr("Not localised")));
  EXPECT_EQ(count_of(html, "cycle <b>"),
            1);  // In which it failed; no element of it is known wrong.
}

TEST(Page, SaysAPlaceOnce) {
  CaseResult wrong = sample_case("wrong");
  plant_mismatch(wrong);
  wrong.verdict.ops[1].explanation->stage = wrong.verdict.ops[1].explanation->kind = "";
  const std::string html = page(sample_report({wrong}));
  EXPECT_EQ(count_of(html, ">Column 3 of the array</p>"), 1);
  EXPECT_EQ(count_of(html, "column 3 of the array</span>"), 0);
}

TEST(Page, GivesMapsAScale) {
  const std::string html = page(every_state());
  EXPECT_THAT(html, HasSubstr("4 differ in a cell</div>"));
  EXPECT_THAT(html, HasSubstr("7 differ in a column</div>"));
}

TEST(Page, LeavesOutMapsThatMakeNoSense) {
  RegressionReport report = every_state();
  Explanation& why = *report.regression.cases[1].verdict.ops[1].explanation;
  for (const HeatMap& map : {HeatMap{2, 4, {1}}, HeatMap{-1, 4, {}}, HeatMap{1000000, 1000000, {}},
                             HeatMap{2, 2, {0, 0, 0, 0}}}) {
    why.output = map;
    EXPECT_THAT(page(report), Not(HasSubstr("Over the output")));
  }
  why.pe_column = 99;
  why.array_columns = {1, 2};
  EXPECT_THAT(page(report), Not(HasSubstr("Over the array")));
}

TEST(Page, LetsNoTextBecomeMarkup) {
  const std::string html = page(hostile());
  EXPECT_THAT(html, Not(HasSubstr("</script><b>")));
  EXPECT_THAT(html, Not(HasSubstr("\x1b")));
  EXPECT_THAT(html, Not(HasSubstr("\xff")));
  EXPECT_THAT(html, HasSubstr("&lt;/script&gt;&lt;b&gt;&quot;&amp;&#39;"));
}

TEST(Page, ClosesWhatItOpens) {
  for (const RegressionReport& report : {every_state(), hostile(), sample_report({})}) {
    const std::string html = page(report);
    std::vector<std::string> open;
    const std::regex tag("<(/?)([a-z0-9]+)[^>]*>");
    const std::string body = html.substr(html.find("<body>"));
    const std::string markup = body.substr(0, body.find("<script>"));
    for (std::sregex_iterator i(markup.begin(), markup.end(), tag), end; i != end; ++i) {
      if ((*i)[2] == "wbr" || (*i)[2] == "meta") continue;
      if ((*i)[1].length() == 0) {
        open.push_back((*i)[2]);
      } else {
        ASSERT_FALSE(open.empty());
        ASSERT_EQ(open.back(), (*i)[2].str());
        open.pop_back();
      }
    }
    EXPECT_THAT(open, testing::ElementsAre("body"));
  }
}

TEST(Page, SaysInOneLineHowItWent) {
  const auto headline = [](const RegressionReport& report) {
    const std::string html = page(report);
    const std::size_t start = html.find("<h1>") + 4;
    return html.substr(start, html.find("</h1>") - start);
  };
  CaseResult wrong = sample_case("wrong");
  plant_mismatch(wrong);
  EXPECT_EQ(headline(sample_report({sample_case("a"), sample_case("b")})), "All 2 cases match");
  EXPECT_EQ(headline(sample_report({sample_case("a")})), "The case matches");
  EXPECT_EQ(headline(sample_report({sample_case("a"), wrong})), "1 of 2 cases does not match");
  RegressionReport slower = sample_report({sample_case("a"), sample_case("b")});
  slower.baseline = BaselineChanges{};
  slower.baseline->changes = {{"a", "conv", 10, 20}};
  EXPECT_EQ(headline(slower), "All 2 cases match, but not as fast");
  RegressionReport stopped = every_state();
  stopped.regression.interrupted = true;
  EXPECT_EQ(headline(stopped), "Interrupted after 5 of 6 cases");
}

}  // namespace
}  // namespace systole::test
