// page_changes.cpp: against a baseline, and two trees side by side.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "flows/regress/describe.h"
#include "flows/regress/page_parts.h"
#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

constexpr std::size_t kMostRows = 200;

std::string number(std::uint64_t value) {
  return value == 0 ? "" : with_commas(static_cast<std::int64_t>(value));
}

Html table(const Html& head, const Html& rows) {
  return element(
      "div", {{"class", "scroll"}},
      {element("table", {},
               {element("thead", {}, {element("tr", {}, {head})}), element("tbody", {}, {rows})})});
}

Html names(const char* title, const std::vector<std::string>& list) {
  if (list.empty()) return {};
  return element("p", {{"class", "names"}},
                 {element("b", {}, title), text(fmt::format(": {}", fmt::join(list, ", ")))});
}

Html change_rows(const BaselineChanges& baseline) {
  std::vector<CycleChange> changes = baseline.changes;
  std::stable_sort(changes.begin(), changes.end(), [](const CycleChange& a, const CycleChange& b) {
    return a.percent() > b.percent();
  });
  double most = 0.0;
  for (const CycleChange& change : changes) most = std::max(most, std::abs(change.percent()));
  Html rows;
  for (std::size_t i = 0; i < std::min(kMostRows, changes.size()); ++i) {
    const CycleChange& change = changes[i];
    rows += element(
        "tr", {},
        {element("td", {{"class", "name"}}, {name_text(change.name)}),
         element("td", {{"class", "name"}},
                 {change.op.empty() ? text("whole case") : name_text(change.op)}),
         cell("n wide", static_cast<double>(change.was), {text(number(change.was))}),
         cell("n wide", static_cast<double>(change.is), {text(number(change.is))}),
         cell("", change.percent(), {delta(change.percent(), most, baseline.is_slow(change))})});
  }
  return rows;
}

/// "same", or how many elements differ.
Html bits(const OpSides& op) {
  if (!op.differing) return element("span", {{"class", "faint"}}, "not compared");
  if (*op.differing == 0) return element("span", {{"class", "good"}}, "same");
  return element(
      "span", {{"class", "bad"}},
      fmt::format("{} of {} differ", with_commas(*op.differing), with_commas(op.elements)));
}

Html side_rows(const SideComparison& sides, double threshold) {
  double most = 0.0;
  for (const OpSides& op : sides.ops) most = std::max(most, std::abs(op.percent()));
  Html rows;
  for (const OpSides& op : sides.ops) {
    if (op.a == OpState::kHost && op.b == OpState::kHost) continue;
    const bool has_cycles = op.cycles_a > 0 && op.cycles_b > 0;
    rows += element(
        "tr", {},
        {element("td", {{"class", "name"}},
                 {name_text(op.name), element("span", {{"class", "sub"}}, op.op)}),
         cell("", static_cast<double>(op.differing.value_or(-1)), {bits(op)}),
         element("td", {{"class", "wide"}}, {pill(to_string(op.a))}),
         element("td", {{"class", "wide"}}, {pill(to_string(op.b))}),
         cell("n wide", static_cast<double>(op.cycles_a), {text(number(op.cycles_a))}),
         cell("n wide", static_cast<double>(op.cycles_b), {text(number(op.cycles_b))}),
         cell("", op.percent(),
              {has_cycles ? delta(op.percent(), most, op.percent() > threshold) : Html{}})});
  }
  return rows;
}

Html side_case(const SideComparison& sides, double threshold) {
  Html head = heading("Op");
  head += heading("Bits");
  head += heading("A", "wide");
  head += heading("B", "wide");
  head += heading("Cycles on A", "n wide");
  head += heading("on B", "n wide");
  head += heading("B against A");
  const bool differs = sides.differing() > 0 || sides.a != sides.b;
  Attributes attributes = {{"class", "case"}};
  if (differs || sides.percent() != 0.0) attributes.push_back({"open", ""});
  const std::string summary =
      sides.differing() == 0 ? "same bits" : with_commas(sides.differing()) + " differ";
  return element(
      "details", attributes,
      {element("summary", {},
               {element("h3", {}, {name_text(sides.name)}),
                element("span", {{"class", sides.differing() == 0 ? "soft wide" : "bad wide"}},
                        summary),
                element("span", {{"class", "soft wide"}},
                        sides.percent() == 0.0 ? "same cycles"
                                               : signed_percent(sides.percent()) + " cycles"),
                pill(to_string(sides.b))}),
       element("div", {{"class", "inner"}},
               {sides.note.empty() ? Html{} : element("p", {{"class", "message"}}, sides.note),
                table(head, side_rows(sides, threshold))})});
}

}  // namespace

Html baseline_section(const RegressionReport& report) {
  if (!report.baseline) return {};
  const BaselineChanges& baseline = *report.baseline;
  const auto slower = static_cast<std::int64_t>(baseline.slower().size());
  const std::string lead =
      baseline.changes.empty()
          ? "Every case and op takes as many cycles as before."
          : fmt::format(
                "{} numbers of cycles changed, {} of them by more than {:g} % for the worse.",
                with_commas(static_cast<std::int64_t>(baseline.changes.size())),

                slower == 0 ? "none" : with_commas(slower), baseline.threshold);
  Html inside = element("h2", {}, "Against the baseline");
  inside +=
      element("p", {{"class", "lead"}},
              {text(lead + " The baseline is "), element("code", {}, baseline.file), text(".")});
  Html rows;
  for (const StateChange& one : baseline.worse)
    rows += element("li", {},
                    {element("b", {}, {name_text(one.name)}), text("was"), pill(to_string(one.was)),
                     text("is"), pill(to_string(one.is))});
  if (!baseline.worse.empty()) inside += element("ul", {{"class", "worse"}}, {rows});
  Html head = heading("Case");
  head += heading("Op");
  head += heading("Was", "n wide");
  head += heading("Is", "n wide");
  head += heading("Cycles");
  if (!baseline.changes.empty())
    inside += element("div", {{"class", "card"}}, {table(head, change_rows(baseline))});
  inside += names("New cases", baseline.new_cases);
  inside += names("Vanished cases", baseline.vanished_cases);
  inside += names("New ops", baseline.new_ops);
  inside += names("Vanished ops", baseline.vanished_ops);
  return element("section", {}, {inside});
}

Html sides_section(const RegressionReport& report) {
  if (report.sides.empty()) return {};
  Html cases;
  for (const SideComparison& sides : report.sides) cases += side_case(sides, report.threshold);
  return element(
      "section", {},
      {element("h2", {}, "A and B side by side"),
       element("p", {{"class", "lead"}},
               {text("Bits are B's tensors against A's, element by element; the verdicts "
                     "are each tree's against the golden trace. A is "),
                element("code", {}, report.regression.rtl[0]), text(", B is "),
                element("code", {}, report.regression.rtl[1]), text(".")}),
       element("div", {{"class", "card"}}, {cases})});
}

}  // namespace systole::regress
