// terminal.cpp: lays out the verdict table.
#include "sim/report/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace systole {
namespace {

constexpr std::size_t kColumns = 10;
using Row = std::array<std::string, kColumns>;
constexpr std::array<bool, kColumns> kLeftAligned = {true,  true,  true,  true,  false,
                                                     false, false, false, false, true};

enum class Paint { kPlain, kBold, kGood, kBad, kDim };

std::string paint(const std::string& text, Paint paint, bool colour) {
  constexpr std::array<const char*, 5> kCodes = {"", "\x1b[1m", "\x1b[32m", "\x1b[1;31m",
                                                 "\x1b[2m"};
  if (!colour || paint == Paint::kPlain) return text;
  return kCodes[static_cast<std::size_t>(paint)] + text + "\x1b[0m";
}

std::string shape_text(const Shape& shape) { return fmt::format("{}", fmt::join(shape, "x")); }

std::string or_blank(bool has, const std::string& text) { return has ? text : ""; }

Row to_row(const OpVerdict& op) {
  return {
      op.name,
      op.op,
      std::string(to_string(op.engine)),
      shape_text(op.shape),
      or_blank(op.macs > 0, with_commas(op.macs)),
      or_blank(op.cycles > 0, with_commas(static_cast<std::int64_t>(op.cycles))),
      or_blank(op.cycles > 0 && op.macs > 0, fmt::format("{:.0f} %", 100.0 * op.utilisation)),
      with_commas(op.compared),
      op.sqnr ? fmt::format("{:.1f}", *op.sqnr) : "",
      op.mismatched ? with_commas(op.mismatched) + " differ" : std::string(to_string(op.state))};
}

Paint paint_of(OpState state) {
  switch (state) {
    case OpState::kMatch:
      return Paint::kGood;
    case OpState::kMismatch:
    case OpState::kFailed:
      return Paint::kBad;
    case OpState::kHost:
    case OpState::kSkipped:
      return Paint::kDim;
  }
  return Paint::kPlain;
}

std::string table(const std::vector<OpVerdict>& ops, bool colour) {
  const Row header = {"op",     "kind", "engine",   "shape", "MACs",
                      "cycles", "use",  "compared", "SQNR",  "verdict"};
  std::vector<Row> rows;
  for (const OpVerdict& op : ops) rows.push_back(to_row(op));
  std::array<std::size_t, kColumns> widths;
  for (std::size_t c = 0; c < kColumns; ++c) {
    widths[c] = header[c].size();
    for (const Row& row : rows) widths[c] = std::max(widths[c], row[c].size());
  }
  const auto line = [&](const Row& row, Paint last) {
    std::string text;
    for (std::size_t c = 0; c + 1 < kColumns; ++c)
      text += kLeftAligned[c] ? fmt::format("{:<{}}  ", row[c], widths[c])
                              : fmt::format("{:>{}}  ", row[c], widths[c]);
    return text + paint(row.back(), last, colour) + "\n";
  };
  std::string text = paint(line(header, Paint::kPlain), Paint::kBold, colour);
  for (std::size_t i = 0; i < rows.size(); ++i) text += line(rows[i], paint_of(ops[i].state));
  return text;
}

/// One paragraph per op that is wrong: the first difference and its place.
std::string explain(const OpVerdict& op) {
  std::string text;
  if (op.first) {
    const Difference& d = *op.first;
    text += fmt::format(
        "{}: {} of {} elements differ; first at [{}]: expected {}, got {}\n"
        "    tile {}, row {}, column {}; stage {}\n",
        op.name, with_commas(op.mismatched), with_commas(op.compared), fmt::join(d.index, ", "),
        d.expected, d.got, d.place.tile, d.place.row, d.place.column, to_string(op.stage));
  } else if (op.state == OpState::kMismatch) {
    text += op.mismatched ? fmt::format("{}: {} elements more than expected\n", op.name,
                                        with_commas(op.mismatched))
                          : fmt::format("{}: nothing was compared\n", op.name);
  }
  if (op.state == OpState::kFailed) text += fmt::format("{}: {}\n", op.name, op.message);
  return text;
}

std::string host_note(const std::vector<OpVerdict>& ops) {
  std::string names;
  for (const OpVerdict& op : ops)
    if (op.state == OpState::kHost)
      names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", op.name, op.message);
  return names.empty() ? "" : "on the host, not verified: " + names + "\n";
}

std::string verdict_line(const RunReport& report, bool colour) {
  const Totals& totals = report.totals;
  std::string name(to_string(totals.state));
  std::transform(name.begin(), name.end(), name.begin(), ::toupper);
  const Paint look = totals.state == VerdictState::kMatch ? Paint::kGood : Paint::kBad;
  return fmt::format("{}  {} elements compared, {} differ, {:.2f} s\n", paint(name, look, colour),
                     with_commas(totals.compared), with_commas(totals.mismatched),
                     report.seconds.total);
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
  std::string text;
  if (!report.ops.empty()) text += table(report.ops, colour) + "\n";
  for (const OpVerdict& op : report.ops) text += explain(op);
  text += host_note(report.ops);
  if (!report.dut.has_poison)
    text += "the design has no poison entry: stale accumulators may go unseen\n";
  if (!report.failure.empty()) text += report.failure + "\n";
  return text + verdict_line(report, colour);
}

}  // namespace systole
