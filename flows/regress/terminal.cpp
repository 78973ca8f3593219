// terminal.cpp: a table of cases and what follows from it.
#include "flows/regress/terminal.h"

#include <fmt/format.h>

#include "flows/regress/describe.h"
#include "sim/report/table.h"
#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

std::string number(std::uint64_t value) {
  return value == 0 ? "" : with_commas(static_cast<std::int64_t>(value));
}

const char* paint_of(CaseState state) {
  if (state == CaseState::kMatch) return kGood;
  return state == CaseState::kNotRun ? kDim : kBad;
}

std::string table_of(const RegressionReport& report, bool colour) {
  const bool sides = report.regression.is_comparison();
  std::vector<Table::Column> columns = {{"case"}};
  if (sides) columns.push_back({"rtl"});
  for (const Table::Column& column : {Table::Column{"array"},
                                      {"compared", true},
                                      {"differ", true},
                                      {"cycles", true},
                                      {"use", true},
                                      {"seconds", true},
                                      {"verdict"}})
    columns.push_back(column);
  Table table(columns);
  for (const CaseResult& one : report.regression.cases) {
    std::vector<std::string> cells = {one.name};
    if (sides) cells.push_back(one.side);
    const double use = one.utilisation();
    std::string verdict(to_string(one.state));
    std::vector<std::string> notes;
    if (const std::string cached = cached_text(one); !cached.empty()) notes.push_back(cached);
    if (one.taken_over) notes.push_back("taken over");
    if (one.attempts.size() > 1) notes.push_back(fmt::format("{} attempts", one.attempts.size()));
    if (!notes.empty()) verdict += fmt::format(" ({})", fmt::join(notes, ", "));
    for (std::string& cell : std::vector<std::string>{
             array_of(one), one.verdict.ops.empty() ? "" : with_commas(one.verdict.compared),
             one.verdict.mismatched > 0 ? with_commas(one.verdict.mismatched) : "",
             number(one.cycles()), use > 0 ? fmt::format("{:.0f} %", 100 * use) : "",
             fmt::format("{:.1f}", one.seconds()), verdict})
      cells.push_back(std::move(cell));
    table.add(std::move(cells), paint_of(one.state));
  }
  return table.text(colour);
}

std::string troubles(const Regression& all, bool colour) {
  std::string text;
  for (const CaseResult& one : all.cases) {
    if (one.state == CaseState::kMatch || one.state == CaseState::kNotRun) continue;
    text += painted(one.title(), kBold, colour) + "  " + one.folder + "\n";
    for (const std::string& line : describe(one)) text += "    " + line + "\n";
  }
  return text.empty() ? "" : "\n" + text;
}

std::string list(const char* title, const std::vector<std::string>& names) {
  return names.empty() ? "" : fmt::format("    {}: {}\n", title, fmt::join(names, ", "));
}

std::string baseline_text(const BaselineChanges& baseline) {
  constexpr std::size_t kMostLines = 20;
  const std::vector<CycleChange> slower = baseline.slower();
  std::string text =
      fmt::format("\nagainst {}: {} changed numbers of cycles, {} over {:g} %\n", baseline.file,
                  baseline.changes.size(), slower.size(), baseline.threshold);
  for (const StateChange& one : baseline.worse)
    text += fmt::format("    {}: {}, was {}\n", one.name, to_string(one.is), to_string(one.was));
  for (std::size_t i = 0; i < slower.size() && i < kMostLines; ++i)
    text += "    slower: " + describe(slower[i]) + "\n";
  if (slower.size() > kMostLines)
    text += fmt::format("    and {} more, in results.json\n", slower.size() - kMostLines);
  return text + list("new cases", baseline.new_cases) +
         list("vanished cases", baseline.vanished_cases) + list("new ops", baseline.new_ops) +
         list("vanished ops", baseline.vanished_ops);
}

std::string side_row(const OpSides& op) {
  const std::string bits = !op.differing ? "not compared"
                           : *op.differing == 0
                               ? "same bits"
                               : fmt::format("{} of {} elements differ", with_commas(*op.differing),
                                             with_commas(op.elements));
  std::string text = fmt::format("    {}: {}", op.name, bits);
  if (op.have_ended() && (op.cycles_a > 0 || op.cycles_b > 0))
    text += fmt::format("; cycles {} -> {} ({})", number(op.cycles_a), number(op.cycles_b),
                        signed_percent(op.percent()));
  return text + "\n";
}

std::string sides_text(const RegressionReport& report, bool colour) {
  std::string text =
      fmt::format("\nA is {}, B is {}\n", report.regression.rtl[0], report.regression.rtl[1]);
  for (const SideComparison& sides : report.sides) {
    text += painted(sides.name, kBold, colour) +
            fmt::format("  {} elements differ; cycles {} -> {} ({})\n",
                        with_commas(sides.differing()), number(sides.cycles_a()),
                        number(sides.cycles_b()), signed_percent(sides.percent()));
    if (!sides.note.empty()) text += "    " + sides.note + "\n";
    for (const OpSides& op : sides.ops)
      if (op.differing.value_or(0) > 0 || op.cycles_a != op.cycles_b) text += side_row(op);
  }
  return text;
}

std::string counts_text(const Regression& all) {
  std::vector<std::string> parts;
  for (const CaseState state : kAllCaseStates)
    if (const std::int64_t count = all.count(state); count > 0)
      parts.push_back(fmt::format("{} {}", count, to_string(state)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string to_text(const RegressionReport& report, bool colour) {
  const Regression& all = report.regression;
  std::string word(summary_word(all, report.is_slower()));
  for (char& c : word) c = static_cast<char>(std::toupper(c));
  const bool good = exit_code(all, report.is_slower()) == 0;
  std::string text = table_of(report, colour) + troubles(all, colour);
  if (report.baseline) text += baseline_text(*report.baseline);
  if (all.is_comparison()) text += sides_text(report, colour);
  for (const TreeCoverage& tree : report.coverage)
    text +=
        tree.coverage.modules.empty()
            ? fmt::format("\ncoverage of {}: no case has left counts\n", tree.rtl)
            : fmt::format(
                  "\ncoverage of {}: {:.1f} % of {} lines, {:.1f} % of {} bits; {}/index.html\n",
                  tree.rtl, tree.coverage.lines().percent(),
                  with_commas(tree.coverage.lines().total), tree.coverage.toggles().percent(),
                  with_commas(tree.coverage.toggles().total), tree.folder);
  const std::string cached =
      all.cached() == 0 ? ""
                        : fmt::format(" {} of {} elements by earlier runs (cached);",
                                      with_commas(all.cached()), with_commas(all.compared()));
  return text + "\n" + painted(word, good ? kGood : kBad, colour) +
         fmt::format("  {} {}: {};{} {:.1f} s with {} jobs\n", all.cases.size(),
                     all.is_comparison() ? "runs" : "cases", counts_text(all), cached, all.seconds,
                     all.jobs);
}

}  // namespace systole::regress
