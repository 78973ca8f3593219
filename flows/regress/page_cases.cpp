// page_cases.cpp: the table of cases, and the ops of each by network.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "flows/regress/describe.h"
#include "flows/regress/page_parts.h"
#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

/// Earlier runs that a row of the table shows.
constexpr std::size_t kMostPast = 12;

Html past_runs(const CaseResult& one, const History& history) {
  Html marks;
  const std::size_t first = history.size() > kMostPast ? history.size() - kMostPast : 0;
  for (std::size_t i = first; i < history.size(); ++i) {
    const auto found = history[i].cases.find(one.title());
    if (found == history[i].cases.end()) continue;
    const std::string state(to_string(found->second.state));
    marks += mark(state, class_of(state), date_text(history[i].started) + ": " + state);
  }
  return element("span", {{"class", "past"}}, {marks});
}

std::string subtitle(const CaseResult& one) {
  std::vector<std::string> parts = one.tags;
  if (one.taken_over) parts.push_back("taken over");
  if (one.attempts.size() > 1) parts.push_back(fmt::format("{} attempts", one.attempts.size()));
  return fmt::format("{}", fmt::join(parts, " · "));
}

Html case_row(const CaseResult& one, const History& history, double most_cycles) {
  const auto cycles = static_cast<double>(one.cycles());
  const auto mismatched = one.verdict.mismatched;
  return element(
      "tr", {},
      {element("td", {{"class", "name"}},
               {name_text(one.title()), element("span", {{"class", "sub"}}, subtitle(one))}),
       element("td", {{"class", "wide"}}, array_of(one)),
       cell("n wide", static_cast<double>(one.verdict.compared),
            {text(one.verdict.ops.empty() ? "" : with_commas(one.verdict.compared))}),
       cell(mismatched > 0 ? "n bad wide" : "n wide", static_cast<double>(mismatched),
            {text(mismatched > 0 ? with_commas(mismatched) : "")}),
       cell("bars", cycles,
            {cycles > 0 ? meter("cycles", cycles / most_cycles,
                                with_commas(static_cast<std::int64_t>(one.cycles())))
                        : Html{}}),
       cell(
           "bars wide", one.utilisation(),
           {one.utilisation() > 0 ? meter("use", one.utilisation(), percent_text(one.utilisation()))
                                  : Html{}}),
       cell("n wide", one.seconds(), {text(fmt::format("{:.1f} s", one.seconds()))}),
       element("td", {{"class", "wide"}}, {past_runs(one, history)}),
       element("td", {}, {pill(to_string(one.state)), cached_tag(cached_text(one))})});
}

Html op_row(const OpVerdict& op, double most_cycles) {
  const auto cycles = static_cast<double>(op.cycles);
  const std::string shape = fmt::format("{}", fmt::join(op.shape, "×"));
  return element(
      "tr", {},
      {element("td", {{"class", "name"}},
               {name_text(op.name), element("span", {{"class", "sub"}}, op.op)}),
       element("td", {{"class", "wide soft"}}, shape),
       cell("n wide", static_cast<double>(op.macs),
            {text(op.macs > 0 ? with_commas(op.macs) : "")}),
       cell("bars", cycles,
            {cycles > 0 ? meter("cycles", cycles / most_cycles,
                                with_commas(static_cast<std::int64_t>(op.cycles)))
                        : Html{}}),
       cell("bars", op.utilisation,
            {op.utilisation > 0 ? meter("use", op.utilisation, percent_text(op.utilisation))
                                : Html{}}),
       cell("n wide", static_cast<double>(op.compared),
            {text(op.compared > 0 ? with_commas(op.compared) : "")}),
       cell(op.mismatched > 0 ? "n bad wide" : "n wide", static_cast<double>(op.mismatched),
            {text(op.mismatched > 0 ? with_commas(op.mismatched) : "")}),
       element("td", {}, {pill(to_string(op.state)), cached_tag(op.cached ? "cached" : "")})});
}

Html op_table(const CaseResult& one) {
  double most = 1.0;
  for (const OpVerdict& op : one.verdict.ops) most = std::max(most, static_cast<double>(op.cycles));
  Html head = heading("Op"), rows;
  head += heading("Shape", "wide");
  head += heading("MACs", "n wide");
  head += heading("Cycles");
  head += heading("Use");
  head += heading("Compared", "n wide");
  head += heading("Differ", "n wide");
  head += heading("Verdict");
  for (const OpVerdict& op : one.verdict.ops) rows += op_row(op, most);
  return element(
      "div", {{"class", "inner scroll"}},
      {element("table", {},
               {element("thead", {}, {element("tr", {}, {head})}), element("tbody", {}, {rows})})});
}

Html case_ops(const CaseResult& one, double most_cycles) {
  const auto cycles = static_cast<double>(one.cycles());
  const Html summary =
      element("summary", {},
              {element("h3", {}, {name_text(one.title())}),
               meter("cycles", cycles / most_cycles,
                     with_commas(static_cast<std::int64_t>(one.cycles())) + " cycles"),
               meter("use", one.utilisation(), percent_text(one.utilisation()) + " use"),
               pill(to_string(one.state))});
  return element("details", {{"class", "case"}}, {summary, op_table(one)});
}

double most_cycles_of(const std::vector<const CaseResult*>& cases) {
  double most = 1.0;
  for (const CaseResult* one : cases) most = std::max(most, static_cast<double>(one->cycles()));
  return most;
}

}  // namespace

Html cases_section(const RegressionReport& report, const History& history) {
  std::vector<const CaseResult*> all;
  for (const CaseResult& one : report.regression.cases) all.push_back(&one);
  const double most = most_cycles_of(all);
  Html head = heading("Case"), rows;
  head += heading("Array", "wide");
  head += heading("Compared", "n wide");
  head += heading("Differ", "n wide");
  head += heading("Cycles");
  head += heading("Use", "wide");
  head += heading("Time", "n wide");
  head += element("th", {{"class", "wide"}, {"scope", "col"}}, "Last runs");
  head += heading("Verdict");
  for (const CaseResult* one : all) rows += case_row(*one, history, most);
  return element("section", {},
                 {element("h2", {{"style", "margin-bottom:14px"}}, "Cases"),
                  element("div", {{"class", "card scroll"}},
                          {element("table", {},
                                   {element("thead", {}, {element("tr", {}, {head})}),
                                    element("tbody", {}, {rows})})})});
}

Html ops_section(const RegressionReport& report) {
  std::vector<std::string> networks;  // In order of their first case.
  std::map<std::string, std::vector<const CaseResult*>> by_network;
  for (const CaseResult& one : report.regression.cases) {
    if (one.verdict.ops.empty()) continue;
    if (by_network.count(one.verdict.network) == 0) networks.push_back(one.verdict.network);
    by_network[one.verdict.network].push_back(&one);
  }
  if (networks.empty()) return {};
  Html inside = element("h2", {}, "Ops by network");
  for (const std::string& network : networks) {
    const auto& cases = by_network[network];
    const double most = most_cycles_of(cases);
    Html rows;
    for (const CaseResult* one : cases) rows += case_ops(*one, most);
    inside += element(
        "div", {{"class", "network"}},
        {element("h3", {}, network),
         element("span", {{"class", "soft"}},
                 fmt::format(
                     "{}, {}",
                     count_text(static_cast<std::int64_t>(cases.front()->verdict.ops.size()), "op"),
                     count_text(static_cast<std::int64_t>(cases.size()), "case")))});
    inside += element("div", {{"class", "card"}}, {rows});
  }
  return element("section", {}, {inside});
}

}  // namespace systole::regress
