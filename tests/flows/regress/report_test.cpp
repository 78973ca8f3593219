// report_test.cpp: JUnit, history, terminal and comparison of regressions written by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "flows/regress/junit.h"
#include "flows/regress/terminal.h"
#include "model/config/error.h"
#include "tests/flows/regress/sample.h"
#include "tests/support/files.h"

namespace systole::test {
namespace {

using testing::HasSubstr;
using testing::Not;

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

TEST(Terminal, DrawsNoConclusionTwice) {
  CaseResult wrong = sample_case("wrong"), broken = sample_case("broken");
  plant_mismatch(wrong);
  wrong.verdict.ops[1].explanation->follows = true;
  plant_assertion(broken);
  broken.verdict.ops[0].explanation = Explanation{.evidence = {"the op, alone, fails too"}};
  const std::string text = to_text(sample_report({wrong, broken}), false);
  EXPECT_THAT(text, HasSubstr("      follows from its accumulators\n"));
  EXPECT_THAT(text, Not(HasSubstr("not localised")));
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
