// report_test.cpp: JUnit, page, history and terminal of regressions written by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <regex>

#include "flows/regress/html.h"
#include "flows/regress/junit.h"
#include "flows/regress/page.h"
#include "flows/regress/terminal.h"
#include "model/config/error.h"
#include "tests/flows/regress/sample.h"
#include "tests/support/files.h"

namespace systole::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kHostile = "</script><b>\"&'\x1b[31m\xff \xc3\xa4";

/// One case of every state.
RegressionReport every_state() {
  CaseResult wrong = sample_case("wrong"), broken = sample_case("broken"),
             late = sample_case("late"), flaky = sample_case("flaky"), idle = sample_case("idle");
  plant_mismatch(wrong);
  plant_assertion(broken);
  late.state = CaseState::kTimeout;
  late.verdict = {};
  late.attempts = {{CaseState::kTimeout, 130, 60.0}};
  late.message = "still running after its time limit of 60 s";
  flaky.state = CaseState::kFlaky;
  flaky.attempts = {{CaseState::kFailed, 139, 0.5}, {CaseState::kMatch, 0, 1.5}};
  idle.state = CaseState::kNotRun;
  idle.verdict = {};
  idle.attempts.clear();
  return sample_report({sample_case("good"), wrong, broken, late, flaky, idle});
}

/// The same with hostile bytes in every text that a program or a file gave.
RegressionReport hostile() {
  RegressionReport report = every_state();
  report.regression.suite = report.regression.file = kHostile;
  for (CaseResult& one : report.regression.cases) {
    one.name = one.message = one.config = one.folder = one.verdict.network = kHostile;
    one.tags = one.set = {kHostile};
    for (OpVerdict& op : one.verdict.ops) {
      op.name = op.op = op.message = op.failure.file = op.failure.channel = kHostile;
      if (!op.explanation) continue;
      Explanation& why = *op.explanation;
      why.pattern = why.stage = why.kind = why.wave = why.view = why.reproducer = kHostile;
      why.evidence = {kHostile};
    }
  }
  return report;
}

pugi::xml_document parsed(const std::string& xml) {
  pugi::xml_document document;
  const auto result = document.load_string(xml.c_str());
  EXPECT_TRUE(result) << result.description() << "\n" << xml;
  return document;
}

TEST(JUnit, CountsWhatItHolds) {
  const auto document = parsed(to_junit(every_state()));
  const auto suite = document.child("testsuites").child("testsuite");
  EXPECT_STREQ(suite.attribute("name").value(), "digits");
  EXPECT_STREQ(suite.attribute("timestamp").value(), "2026-11-21T19:36:05");
  EXPECT_EQ(suite.attribute("tests").as_int(), 6);
  EXPECT_EQ(suite.attribute("failures").as_int(), 1);
  EXPECT_EQ(suite.attribute("errors").as_int(), 3);
  EXPECT_EQ(suite.attribute("skipped").as_int(), 1);
  const auto test = [&](const char* name) {
    return suite.find_child_by_attribute("testcase", "name", name);
  };
  EXPECT_FALSE(test("good").first_child());
  EXPECT_STREQ(test("wrong").child("failure").attribute("message").value(),
               "quant: 7 of 100 elements differ; first at [0, 0, 1, 3]: expected 5, got 6");
  EXPECT_THAT(test("wrong").child("failure").text().get(), HasSubstr("stage round"));
  EXPECT_STREQ(test("broken").child("error").attribute("type").value(), "failed");
  EXPECT_STREQ(test("late").child("error").attribute("type").value(), "timeout");
  EXPECT_TRUE(test("flaky").child("error"));
  EXPECT_TRUE(test("idle").child("skipped"));
}

TEST(JUnit, ASlowDownIsAFailure) {
  RegressionReport report = sample_report({sample_case("good")});
  report.baseline = BaselineChanges{};
  report.baseline->threshold = 1.0;
  report.baseline->changes = {{"good", "conv", 900, 1000}};
  const auto document = parsed(to_junit(report));
  const auto failure = document.first_element_by_path("testsuites/testsuite/testcase/failure");
  EXPECT_STREQ(failure.attribute("type").value(), "slower");
  EXPECT_STREQ(failure.attribute("message").value(), "good: conv: 900 -> 1,000 cycles (+11.1 %)");
}

TEST(JUnit, HoldsAnyBytes) {
  const auto document = parsed(to_junit(hostile()));
  const auto name =
      document.first_element_by_path("testsuites/testsuite/testcase").attribute("name");
  EXPECT_STREQ(name.value(), "</script><b>\"&'?[31m? \xc3\xa4");
}

TEST(XmlText, ReplacesWhatXmlCannotHold) {
  EXPECT_EQ(xml_text("a\tb\n\xe2\x82\xac\xf0\x9f\x98\x80"), "a\tb\n\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(xml_text(std::string("\0\x1b\x7f", 3)), "???");
  EXPECT_EQ(xml_text("\xc3"), "?");                 // Cut short.
  EXPECT_EQ(xml_text("\xc1\x81"), "??");            // Longer than needed.
  EXPECT_EQ(xml_text("\xed\xa0\x80"), "???");       // Half of a pair.
  EXPECT_EQ(xml_text("\xef\xbf\xbf"), "???");       // No character.
  EXPECT_EQ(xml_text("\xf4\x90\x80\x80"), "????");  // Beyond the last.
}

std::string page(const RegressionReport& report) {
  return to_page(report, {to_past_run(report.regression, false)});
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
    ++count;
  return count;
}

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
  OpVerdict& quant = wrong.verdict.ops[1];
  quant.stage = Stage::kAccumulator;
  EXPECT_THAT(page(sample_report({wrong})),
              HasSubstr("Over the output"));  // It rounds wrongly, too.
  quant.explanation->stage = quant.explanation->kind = "";
  quant.explanation->evidence = {"follows from its accumulators"};
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

TEST(Cases, CountCyclesOfOpsThatEndedOnly) {
  CaseResult broken = sample_case("broken");
  plant_assertion(broken);
  broken.verdict.ops[0].cycles = 6;  // Until it stopped: 13,824 MACs in them would be a wonder.
  EXPECT_EQ(broken.cycles(), 0);
  EXPECT_EQ(broken.utilisation(), 0.0);
  EXPECT_EQ(sample_case("good").cycles(), 1000);
}

TEST(Sides, CompareCyclesOfOpsThatEndedOnBoth) {
  CaseResult a = sample_case("one"), b = sample_case("one");
  a.side = "A";
  b.side = "B";
  for (CaseResult* one : {&a, &b}) one->verdict.ops.push_back(sample_op("logits", 100));
  b.verdict.ops[2].cycles = 110;
  plant_assertion(b);
  b.verdict.ops[0].cycles = 6;  // Until it stopped, of A's 1,000.
  const TempDirectory out;
  const auto sides = compare_sides(sample_report({a, b}).regression, out.path());
  ASSERT_EQ(sides.size(), 1);
  EXPECT_EQ(sides[0].ops[0].percent(), 0.0);
  EXPECT_EQ(sides[0].cycles_a(), 100);
  EXPECT_EQ(sides[0].cycles_b(), 110);
  RegressionReport report = sample_report({a, b});
  report.regression.rtl = {"rtl", "other"};
  report.sides = sides;
  EXPECT_THAT(to_text(report, false), HasSubstr("    conv: not compared\n"));
  EXPECT_THAT(page(report), HasSubstr("9,600 MAC on the arrays"));  // Not of B's conv.
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

TEST(Coverage, IsShownByModuleAndNeverAsFullWhereNothingWasCounted) {
  RegressionReport report = sample_report({sample_case("a")});
  ModuleCoverage module{"mul_quant", "mul_quant.sv", {{1, 5}, {2, 0}, {3, 1}, {4, 9}}, {}};
  module.toggles[7] = {{"valid_i", 3}, {"ready_o", 0}};
  report.coverage = {{"rtl", "coverage", {{}, {module}, {"b.dat: it cannot be read"}}}};
  for (const std::string& text : {page(report), to_text(report, false)}) {
    EXPECT_THAT(text, HasSubstr("75.0 %"));
    EXPECT_THAT(text, HasSubstr("50.0 %"));
    EXPECT_THAT(text, HasSubstr("coverage/index.html"));
  }
  EXPECT_THAT(page(report), HasSubstr("b.dat: it cannot be read"));
  report.coverage[0].coverage.modules.clear();
  for (const std::string& text : {page(report), to_text(report, false)}) {
    EXPECT_THAT(text, testing::ContainsRegex("[Nn]o case.* has left counts"));
    EXPECT_THAT(text, Not(HasSubstr("100.0 %")));
  }
}

/// "warm" is all by earlier runs, "half" one op of its two, "cold" none: 300 of 600 elements.
RegressionReport partly_cached() {
  CaseResult warm = sample_case("warm"), half = sample_case("half");
  for (OpVerdict& op : warm.verdict.ops) op.cached = true;
  half.verdict.ops[1].cached = true;
  return sample_report({warm, half, sample_case("cold")});
}

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

TEST(PastRuns, AreReadAsTheyWereWritten) {
  const TempDirectory folder;
  const std::string file = folder.path("history.json");
  EXPECT_TRUE(read_history(file).empty());
  const PastRun run = to_past_run(every_state().regression, false);
  write_history(file, {run, run});
  const History read = read_history(file);
  ASSERT_EQ(read.size(), 2);
  EXPECT_EQ(read[1].started, "2026-11-21T19:36:05Z");
  EXPECT_EQ(read[1].verdict, "failed");
  EXPECT_EQ(read[1].seconds, 12.5);
  EXPECT_EQ(read[1].cases.at("good").cycles, 1000);
  EXPECT_EQ(read[1].cases.at("late").state, CaseState::kTimeout);
}

TEST(PastRuns, ThatAreDamagedAreRefused) {
  const TempDirectory folder;
  for (const char* text : {"", "{}", "[1]", R"({"format": "systole-regression-history"})"})
    EXPECT_THROW(read_history(folder.write("history.json", text)), InputError) << text;
}

TEST(Terminal, PutsASimulatorsLinesIntoOne) {
  CaseResult broken = sample_case("broken");
  plant_assertion(broken);
  broken.message = "";
  broken.verdict.ops[0].message = "%Error: channel_check.sv:31: too many\nstopped\n\n";
  EXPECT_THAT(to_text(sample_report({broken}), false),
              HasSubstr("    conv: %Error: channel_check.sv:31: too many; stopped\n"));
}

TEST(Terminal, CountsTheRunsOfTwoTreesAsRuns) {
  RegressionReport report = sample_report({sample_case("a"), sample_case("a")});
  EXPECT_THAT(to_text(report, false), HasSubstr("  2 cases: 2 match"));
  report.regression.rtl = {"rtl", "other"};
  EXPECT_THAT(to_text(report, false), HasSubstr("  2 runs: 2 match"));
}

TEST(Terminal, NamesEveryOpThatDiffersAndWhatIsKnownOfIt) {
  const std::string text = to_text(every_state(), false);
  EXPECT_THAT(text, HasSubstr("quant: 7 of 100 elements differ; first at [0, 0, 1, 3]"));
  EXPECT_THAT(text, HasSubstr("stage round; ties go up; column 3 of the array"));
  EXPECT_THAT(text, HasSubstr("assertion failed: HeldWhileStalled (channel_check.sv:31)"));
  EXPECT_THAT(text, HasSubstr("FAILED  6 cases: 1 match, 1 flaky, 1 mismatch, 1 timeout, 1 failed, "
                              "1 not run; 12.5 s with 2 jobs"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace systole::test
