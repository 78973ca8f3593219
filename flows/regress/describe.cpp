// describe.cpp: sentences.
#include "flows/regress/describe.h"

#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

/// A simulator's lines as parts of a sentence.
std::string one_line(const std::string& text) {
  std::string line;
  std::istringstream lines(text);
  for (std::string part; std::getline(lines, part);)
    if (!part.empty()) line += (line.empty() ? "" : "; ") + part;
  return line;
}

std::string failure_of(const OpVerdict& op) {
  const Failure& failure = op.failure;
  const std::string message = one_line(op.message);
  std::string text = fmt::format("{}: {}", op.name, message.empty() ? "failed" : message);
  const std::string place = fmt::format("{}:{}", failure.file, failure.line);
  if (!failure.file.empty() && message.find(place) == std::string::npos) text += " (" + place + ")";
  return text;
}

}  // namespace

std::string describe(const OpVerdict& op) {
  if (op.state == OpState::kFailed) return failure_of(op);
  std::string text = fmt::format("{}: {} of {} elements differ", op.name,
                                 with_commas(op.mismatched), with_commas(op.compared));
  if (op.first)
    text += fmt::format("; first at [{}]: expected {}, got {}", fmt::join(op.first->index, ", "),
                        op.first->expected, op.first->got);
  return text;
}

std::string place_of(const Explanation& explanation) {
  const auto& row = explanation.pe_row;
  const auto& column = explanation.pe_column;
  if (row && column) return fmt::format("PE row {}, column {}", *row, *column);
  if (column) return fmt::format("column {} of the array", *column);
  return row ? fmt::format("row {} of the array", *row) : "";
}

std::string describe(const Explanation& explanation) {
  if (explanation.follows) return "follows from its accumulators";
  std::vector<std::string> parts;
  if (!explanation.pattern.empty()) parts.push_back(explanation.pattern);
  if (!explanation.stage.empty()) parts.push_back("stage " + explanation.stage);
  if (!explanation.kind.empty()) parts.push_back(explanation.kind);
  if (const std::string place = place_of(explanation); !place.empty()) parts.push_back(place);
  return parts.empty() ? "not localised" : fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<std::string> describe(const CaseResult& one) {
  std::vector<std::string> lines;
  if (!one.message.empty()) lines.push_back(one_line(one.message));
  for (const OpVerdict& op : one.verdict.ops)
    if (op.state == OpState::kMismatch || op.state == OpState::kFailed) {
      lines.push_back(describe(op));
      if (op.explanation && op.state == OpState::kMismatch)
        lines.push_back("  " + describe(*op.explanation));
    }
  return lines;
}

std::string describe(const CycleChange& change) {
  return fmt::format(
      "{}: {}{} -> {} cycles ({})", change.name, change.op.empty() ? "" : change.op + ": ",
      with_commas(static_cast<std::int64_t>(change.was)),
      with_commas(static_cast<std::int64_t>(change.is)), signed_percent(change.percent()));
}

std::string signed_percent(double percent) {
  if (percent == 0.0) return "0 %";
  return fmt::format("{:+.{}f} %", percent, std::abs(percent) < 0.095 ? 2 : 1);
}

std::string cached_text(const CaseResult& one) {
  std::int64_t cached = 0, all = 0;
  for (const OpVerdict& op : one.verdict.ops) {
    cached += op.cached;
    all += has_ended(op.state) || op.state == OpState::kFailed;
  }
  if (cached == 0) return "";
  return cached == all ? "cached" : fmt::format("{} of {} ops cached", cached, all);
}

std::string array_of(const CaseResult& one) {
  return one.verdict.rows > 0 ? fmt::format("{}x{}", one.verdict.rows, one.verdict.columns) : "";
}

}  // namespace systole::regress
