// terminal.cpp: lays out the verdict table.
#include "sim/report/terminal.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/table.h"

namespace systole {
namespace {

std::string or_blank(bool has, const std::string& text) { return has ? text : ""; }

const char* paint_of(OpState state) {
  switch (state) {
    case OpState::kMatch:
      return kGood;
    case OpState::kMismatch:
    case OpState::kFailed:
      return kBad;
    case OpState::kHost:
    case OpState::kSkipped:
      return kDim;
  }
  return "";
}

std::string verdict_text(const OpVerdict& op) {
  const std::string text = op.mismatched && op.state == OpState::kMismatch
                               ? with_commas(op.mismatched) + " differ"
                               : std::string(to_string(op.state));
  return op.cached ? text + " (cached)" : text;
}

std::string table(const std::vector<OpVerdict>& ops, bool colour) {
  Table table({{"op"},
               {"kind"},
               {"engine"},
               {"shape"},
               {"MACs", true},
               {"cycles", true},
               {"use", true},
               {"compared", true},
               {"SQNR", true},
               {"verdict"}});
  for (const OpVerdict& op : ops)
    table.add(
        {op.name, op.op, std::string(to_string(op.engine)),
         fmt::format("{}", fmt::join(op.shape, "x")), or_blank(op.macs > 0, with_commas(op.macs)),
         or_blank(op.cycles > 0, with_commas(static_cast<std::int64_t>(op.cycles))),
         or_blank(op.utilisation > 0, fmt::format("{:.0f} %", 100.0 * op.utilisation)),
         with_commas(op.compared), op.sqnr ? fmt::format("{:.1f}", *op.sqnr) : "",
         verdict_text(op)},
        paint_of(op.state));
  return table.text(colour);
}

std::string percent(std::int64_t part, std::int64_t whole) {
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string accuracy_text(const Accuracy& accuracy) {
  const std::string floats =
      accuracy.float_correct ? "float " + percent(*accuracy.float_correct, accuracy.samples) + ", "
                             : "";
  return fmt::format("accuracy  {}integer {} of {} labelled samples\n", floats,
                     percent(accuracy.integer_correct, accuracy.samples), accuracy.samples);
}

/// What was run, line by line.
std::string preamble(const RunReport& report) {
  std::string text = fmt::format("network   {}: {}\n", report.network, report.summary);
  if (report.accuracy) text += accuracy_text(*report.accuracy);
  text += fmt::format("inputs    {}\n", report.inputs);
  const DutReport& dut = report.dut;
  if (!dut.key.empty())
    text += fmt::format("design    {} {}x{} from {}, {} ({})\n", dut.top, dut.geometry.rows,
                        dut.geometry.cols, dut.rtl_directory,
                        dut.cached ? "cached" : fmt::format("built in {:.1f} s", dut.seconds),
                        dut.key.substr(0, 12));
  return text + "\n";
}

/// What was concluded, from what, and the files that show it.
std::string to_text(const Explanation& explanation, const std::string& directory) {
  std::string text;
  if (!explanation.pattern.empty()) text = fmt::format("    which    {}\n", explanation.pattern);
  if (!explanation.stage.empty() || !explanation.kind.empty())
    text += fmt::format("    fault    {}{}{}\n", explanation.stage,
                        explanation.stage.empty() || explanation.kind.empty() ? "" : ": ",
                        explanation.kind);
  std::string place;
  if (explanation.pe_row) place += fmt::format("PE row {}", *explanation.pe_row);
  if (explanation.pe_column)
    place += fmt::format("{}column {}", place.empty() ? "" : ", ", *explanation.pe_column);
  if (explanation.first_cycle)
    place += explanation.pattern.empty()
                 ? fmt::format("cycle {} of what runs alone", *explanation.first_cycle)
                 : fmt::format("{}first in cycle {} of the tile", place.empty() ? "" : ", ",
                               *explanation.first_cycle);
  if (!place.empty()) text += fmt::format("    place    {}\n", place);
  for (const std::string& evidence : explanation.evidence)
    text += fmt::format("    because  {}\n", evidence);
  for (const auto& [name, file] :
       {std::pair{"wave", explanation.wave}, std::pair{"view", explanation.view}})
    if (!file.empty()) text += fmt::format("    {:<8} {}/{}\n", name, directory, file);
  if (!explanation.reproducer.empty())
    text +=
        fmt::format("    again    systole run {}/{}/run.yaml\n", directory, explanation.reproducer);
  return text;
}

/// What kind of failure and where: "assertion at mul_quant.sv:42 in cycle 17".
std::string headline(const Failure& failure) {
  std::string text(to_string(failure.kind));
  switch (failure.kind) {
    case FailureKind::kNone:
    case FailureKind::kCrash:
      break;
    case FailureKind::kHang:
      text += fmt::format(" since cycle {}", failure.cycle);
      if (!failure.channel.empty()) text += fmt::format(": the {} channel waits", failure.channel);
      break;
    case FailureKind::kAssertion:
    case FailureKind::kOther:
      if (failure.kind == FailureKind::kOther) text = "failed";
      if (!failure.file.empty()) text += fmt::format(" at {}:{}", failure.file, failure.line);
      if (failure.cycle > 0) text += fmt::format(" in cycle {}", failure.cycle);
      break;
  }
  return text;
}

/// One paragraph per op that is wrong: the first difference and its place.
std::string explain(const OpVerdict& op, const std::string& directory) {
  std::string text;
  if (op.explanation && op.explanation->follows) {
    text = fmt::format("{}: {} of {} elements differ, as its accumulators do\n", op.name,
                       with_commas(op.mismatched), with_commas(op.compared));
  } else if (op.first) {
    const Difference& d = *op.first;
    text += fmt::format(
        "{}: {} of {} elements differ; first at [{}]: expected {}, got {}\n"
        "    tile {}, row {}, column {}; stage {}\n",
        op.name, with_commas(op.mismatched), with_commas(op.compared), fmt::join(d.index, ", "),
        d.expected, d.got, d.place.tile, d.place.row, d.place.column, to_string(op.stage));
    if (op.own)
      text += *op.own == 0 ? "    right on the operands that it got: the difference is inherited\n"
                           : fmt::format("    {} of them on the operands that it got: its own\n",
                                         with_commas(*op.own));
    if (op.explanation) text += to_text(*op.explanation, directory);
  } else if (op.state == OpState::kMismatch) {
    text += op.mismatched ? fmt::format("{}: {} elements more than expected\n", op.name,
                                        with_commas(op.mismatched))
                          : fmt::format("{}: nothing was compared\n", op.name);
  }
  if (op.state == OpState::kFailed)
    text += fmt::format("{}: {}\n    {}\n", op.name, headline(op.failure), op.message) +
            (op.explanation ? to_text(*op.explanation, directory) : "");
  return text;
}

std::string host_note(const std::vector<OpVerdict>& ops) {
  std::string names;
  for (const OpVerdict& op : ops)
    if (op.state == OpState::kHost)
      names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", op.name, op.message);
  return names.empty() ? "" : "on the host, not verified: " + names + "\n";
}

/// What a chained run's differences come to.
std::string answer_note(const std::vector<Answer>& answers) {
  std::string text;
  for (const Answer& answer : answers)
    text += fmt::format("answer    {}: top-1 changed in {} of {} inputs, {}\n", answer.output,
                        answer.top1_changed, answer.samples,
                        answer.sqnr_db ? fmt::format("SQNR {:.1f} dB", *answer.sqnr_db) : "equal");
  return text;
}

/// Where the design's timing is not the one that the cycle model states.
std::string cycle_note(const RunReport& report) {
  std::string text;
  if (report.is_stalled) return text;
  for (const OpVerdict& op : report.ops)
    if (is_unpredicted(op))
      text += fmt::format("{}: {} cycles, the cycle model predicts {}\n", op.name,
                          with_commas(static_cast<std::int64_t>(op.cycles)),
                          with_commas(static_cast<std::int64_t>(op.predicted)));
  return text;
}

std::string verdict_line(const RunReport& report, bool colour) {
  const Totals& totals = report.totals;
  std::string name(to_string(totals.state));
  std::transform(name.begin(), name.end(), name.begin(), ::toupper);
  const char* look = totals.state == VerdictState::kMatch ? kGood : kBad;
  const std::string cached =
      totals.cached ? fmt::format(" ({} by earlier runs: cached)", with_commas(totals.cached)) : "";
  return fmt::format("{}  {} elements compared{}, {} differ, {:.2f} s\n",
                     painted(name, look, colour), with_commas(totals.compared), cached,
                     with_commas(totals.mismatched), report.seconds.total);
}

/// Where the time went, as far as the run came.
std::string time_line(const RunReport& report) {
  const Seconds& seconds = report.seconds;
  std::string text = fmt::format("time      load {:.2f} s, golden {:.2f} s, design {:.2f} s",
                                 seconds.network, seconds.golden, seconds.build);
  if (report.workers.count > 0)
    text += fmt::format(
        ", simulate {:.2f} s with {} worker{} of at most {} MB (compare {:.2f} s meanwhile), "
        "write {:.2f} s",
        seconds.simulate, report.workers.count, report.workers.count == 1 ? "" : "s",
        report.workers.peak_bytes / 1'000'000, seconds.compare, seconds.write);
  return text + "\n";
}

std::string coverage_lines(const CoverageReport& coverage) {
  std::string text;
  for (const std::string& unread : coverage.unread)
    text += fmt::format("coverage without {}\n", unread);
  if (coverage.lines.total == 0) return text + "coverage  nothing was counted\n";
  return text + fmt::format("coverage  {:.1f} % of {} lines, {:.1f} % of {} toggles: {}\n",
                            coverage.lines.percent(), with_commas(coverage.lines.total),
                            coverage.toggles.percent(), with_commas(coverage.toggles.total),
                            coverage.page);
}

}  // namespace

std::string with_commas(std::int64_t value) {
  std::string text = std::to_string(value);
  const std::ptrdiff_t first = value < 0 ? 1 : 0;
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > first; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string to_text(const RunReport& report, bool colour) {
  std::string text = preamble(report);
  if (!report.ops.empty()) text += table(report.ops, colour) + "\n";
  for (const OpVerdict& op : report.ops) text += explain(op, report.directory);
  text += host_note(report.ops) + cycle_note(report) + answer_note(report.answers);
  if (!report.dut.has_poison)
    text += "the design has no poison entry: stale accumulators may go unseen\n";
  if (!report.failure.empty()) text += report.failure + "\n";
  if (report.coverage) text += coverage_lines(*report.coverage);
  return text + time_line(report) + verdict_line(report, colour);
}

}  // namespace systole
