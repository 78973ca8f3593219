// coverage_test.cpp: sums of hand-written coverage files, and what is shown of them.
#include "sim/coverage/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/config/error.h"
#include "sim/coverage/html.h"
#include "sim/coverage/lcov.h"
#include "sim/coverage/report.h"
#include "tests/support/files.h"

namespace systole {
namespace {

using test::read_text;
using test::TempDirectory;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

const std::string kHead = "# SystemC::Coverage-3\n";

/// A point of `pe.sv`.
std::string point(const std::string& line, const std::string& kind_and_module,
                  const std::string& what, const std::string& lines,
                  const std::string& instance = "TOP.u_a") {
  return "\1f\2pe.sv\1l\2" + line + "\1n\2" + "3\1page\2" + kind_and_module + "\1o\2" + what +
         (lines.empty() ? "" : "\1S\2" + lines) + "\1h\2" + instance;
}
std::string line_of(const std::string& point, int count) {
  return "C '" + point + "' " + std::to_string(count) + "\n";
}

const std::string kBlock = point("2", "v_line/pe", "block", "2-3,5");
const std::string kIf = point("5", "v_branch/pe", "if", "5-6");
const std::string kElse = point("5", "v_branch/pe", "else", "7");
const std::string kBit0 = point("1", "v_toggle/pe", "a_i[0]", "");
const std::string kBit1 = point("1", "v_toggle/pe", "a_i[1]", "");
const std::string kFile = kHead + line_of(kBit0, 4) + line_of(kBit1, 0) + line_of(kBlock, 10) +
                          line_of(kElse, 0) + line_of(kIf, 7);

TEST(Dat, GivesACountPerPoint) {
  EXPECT_THAT(parse_dat(kHead + line_of(kIf, 7) + line_of(kElse, 0)),
              ElementsAre(Pair(kElse, 0u), Pair(kIf, 7u)));
  EXPECT_THAT(parse_dat(kHead), IsEmpty());
}

TEST(Dat, IsWrittenAsItIsRead) { EXPECT_EQ(to_dat(parse_dat(kFile)), kFile); }

TEST(Dat, MayHoldQuotesInAPoint) {
  EXPECT_THAT(parse_dat(kHead + "C 'a' 'b' 3\n"), ElementsAre(Pair("a' 'b", 3u)));
}

std::string error_of(const std::string& dat) {
  try {
    parse_dat(dat);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(Dat, SaysWhichLineIsWrong) {
  EXPECT_THAT(error_of(""), HasSubstr("does not begin with"));
  EXPECT_THAT(error_of("# SystemC::Coverage-30\n"), HasSubstr("does not begin with"));
  EXPECT_EQ(error_of(kHead + "C 'a' 1"), "line 2 has no end");
  for (const char* line : {"C 'a' \n", "C 'a'\n", "C 'a' 1x\n", "C 'a' -1\n", "C a 1\n", "\n",
                           "C ' 1\n", "C 'a' 99999999999999999999999\n"})
    EXPECT_EQ(error_of(kHead + "C 'a' 1\n" + line), "line 3 is no point") << line;
}

TEST(Sums, AddPointByPoint) {
  CoverageCounts sum = {{"b", 1}, {"d", 2}};
  add({{"a", 5}, {"b", 6}, {"c", 7}, {"e", 8}}, sum);
  EXPECT_THAT(
      sum, ElementsAre(Pair("a", 5u), Pair("b", 7u), Pair("c", 7u), Pair("d", 2u), Pair("e", 8u)));
}

// Line 5 is where both the block goes on and the branch begins: its count is the branch's.
TEST(Summary, GivesEachLineTheLeastOfItsStatements) {
  const Coverage coverage = summarise(parse_dat(kFile));
  ASSERT_EQ(coverage.modules.size(), 1u);
  const ModuleCoverage& pe = coverage.modules[0];
  EXPECT_EQ(pe.name, "pe");
  EXPECT_EQ(pe.file, "pe.sv");
  EXPECT_THAT(pe.lines,
              ElementsAre(Pair(2, 10u), Pair(3, 10u), Pair(5, 7u), Pair(6, 7u), Pair(7, 0u)));
  EXPECT_EQ(coverage.lines(), (Tally{4, 5}));
  EXPECT_EQ(coverage.toggles(), (Tally{1, 2}));
  EXPECT_DOUBLE_EQ(coverage.lines().percent(), 80.0);
}

TEST(Summary, AddsInstancesAndSizesOfAModule) {
  const std::string dat = kHead + line_of(kElse, 0) + line_of(kBit1, 0) +
                          line_of(point("5", "v_branch/pe", "else", "7", "TOP.u_b"), 2) +
                          line_of(point("1", "v_toggle/pe__W3", "a_i[1]", "", "TOP.u_c"), 3) +
                          line_of(point("1", "v_toggle/pe__W3", "a_i[2]", "", "TOP.u_c"), 0);
  const Coverage coverage = summarise(parse_dat(dat));
  ASSERT_EQ(coverage.modules.size(), 1u);
  EXPECT_THAT(coverage.modules[0].lines, ElementsAre(Pair(7, 2u)));
  EXPECT_EQ(coverage.toggles(), (Tally{1, 2}));
}

TEST(Summary, LeavesOutWhatItDoesNotKnow) {
  EXPECT_THAT(summarise({{"", 1},
                         {"\1f\2pe.sv", 1},
                         {"no field at all", 1},
                         {point("0", "v_line/pe", "block", "0"), 1},
                         {point("x", "v_line/pe", "block", "1"), 1},
                         {point("3", "v_user/pe", "cover", ""), 1}})
                  .modules,
              IsEmpty());
}

TEST(Summary, TakesAPointsOwnLineWhereItsListIsNone) {
  for (const char* list : {"", "x", "3-", "-3", "5-4,y", "1-99999999999"}) {
    const Coverage coverage = summarise({{point("9", "v_line/pe", "block", list), 1}});
    EXPECT_THAT(coverage.modules.at(0).lines, ElementsAre(Pair(9, 1u))) << list;
  }
}

TEST(Merge, SumsFilesAndNamesThoseThatGiveNothing) {
  const TempDirectory folder;
  folder.write("a.dat", kFile);
  folder.write("b.dat", kHead + line_of(kElse, 3) + line_of(kIf, 1));
  folder.write("cut.dat", kFile.substr(0, kFile.size() - 1));
  folder.write("empty.dat", "");
  const Coverage coverage =
      merge_coverage({folder / "a.dat", folder / "b.dat", folder / "cut.dat", folder / "empty.dat",
                      folder / "none.dat", folder.path()});
  EXPECT_THAT(coverage.modules.at(0).lines,
              ElementsAre(Pair(2, 10u), Pair(3, 10u), Pair(5, 8u), Pair(6, 8u), Pair(7, 3u)));
  EXPECT_EQ(coverage.counts.at(kIf), 8u);
  ASSERT_EQ(coverage.unread.size(), 4u);
  EXPECT_EQ(coverage.unread[0], folder.path("cut.dat") + ": line 6 has no end");
  EXPECT_THAT(coverage.unread[1], HasSubstr("empty.dat: it does not begin with"));
  EXPECT_THAT(coverage.unread[2], HasSubstr("none.dat: it cannot be read"));
  EXPECT_THAT(coverage.unread[3], HasSubstr("it cannot be read"));
}

TEST(Merge, OfNothingIsNothing) {
  EXPECT_EQ(merge_coverage({}).lines(), Tally{});
  EXPECT_DOUBLE_EQ(merge_coverage({}).lines().percent(), 0.0);
}

TEST(Lcov, HasARecordPerFile) {
  const auto path = [](const std::string& file) { return "/rtl/" + file; };
  EXPECT_EQ(to_lcov(summarise(parse_dat(kFile)), path),
            "TN:\nSF:/rtl/pe.sv\nDA:2,10\nDA:3,10\nDA:5,7\nDA:6,7\nDA:7,0\nLF:5\nLH:4\n"
            "end_of_record\n");
  EXPECT_EQ(to_lcov(summarise({{kBit0, 1}}), path), "");
}

std::string page_of(const std::string& source) {
  return to_html(summarise(parse_dat(kFile)), "a <b> & \"c\"",
                 [&](const std::string&) { return std::optional(source); });
}

TEST(Html, EscapesWhatIsNotItsOwn) {
  EXPECT_EQ(html_escaped("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
  const std::string page = page_of("if (a < b && c) <script>\n");
  EXPECT_THAT(page, HasSubstr("a &lt;b&gt; &amp; &quot;c&quot;"));
  EXPECT_THAT(page, HasSubstr("if (a &lt; b &amp;&amp; c) &lt;script&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(Html, MarksLinesAndNamesBitsThatNeverChange) {
  const std::string page = page_of("one\ntwo\n\nfour\nfive\nsix\nseven");
  EXPECT_THAT(page, HasSubstr("<div><u>1</u><u></u><span>one</span><em title=\"a_i[1]\">1 of 2 "
                              "bits never change: a_i[1]</em></div>"));
  EXPECT_THAT(page, HasSubstr("<div class=\"hit\"><u>2</u><u>10</u><span>two</span></div>"));
  EXPECT_THAT(page, HasSubstr("<div><u>4</u><u></u><span>four</span></div>"));
  EXPECT_THAT(page, HasSubstr("<div class=\"miss\"><u>7</u><u>0</u><span>seven</span></div>"));
  EXPECT_THAT(page, HasSubstr("80.0 %"));
  EXPECT_THAT(page, HasSubstr("4 / 5"));
}

TEST(Html, ReachesForNothingOutsideOfItself) {
  for (const char* reach : {"http", "src=", "<link", "url(", "@import"})
    EXPECT_THAT(page_of("text"), Not(HasSubstr(reach)));
}

TEST(Html, SaysWhichSourceCannotBeRead) {
  EXPECT_THAT(to_html(summarise(parse_dat(kFile)), "",
                      [](const std::string&) { return std::optional<std::string>(); }),
              HasSubstr("The source cannot be read."));
}

TEST(Report, WritesThreeFilesOverTheSourcesOfTheRtlFolder) {
  const TempDirectory folder;
  folder.write("pe.sv", "module pe;\nbegin\n");
  Coverage coverage = summarise(parse_dat(kFile));
  coverage.unread = {"x & y"};
  write_coverage_report(folder / "out/coverage", coverage, folder.path(), "title");
  EXPECT_EQ(read_text(folder / "out/coverage/coverage.dat"), kFile);
  EXPECT_THAT(read_text(folder / "out/coverage/coverage.info"),
              HasSubstr("SF:" + folder.path("pe.sv") + "\n"));
  const std::string page = read_text(folder / "out/coverage/index.html");
  EXPECT_THAT(page, HasSubstr("module pe;"));
  EXPECT_THAT(page, HasSubstr("Not counted: x &amp; y"));
  EXPECT_THROW(write_coverage_report("/proc/nowhere", coverage, folder.path(), ""), InputError);
}

}  // namespace
}  // namespace systole
