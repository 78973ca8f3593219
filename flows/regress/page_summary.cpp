// page_summary.cpp: what came out, in one look.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "flows/regress/describe.h"
#include "flows/regress/page_parts.h"
#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

std::string headline(const RegressionReport& report) {
  const Regression& all = report.regression;
  const auto total = static_cast<std::int64_t>(all.cases.size());
  const std::int64_t not_run = all.count(CaseState::kNotRun);
  const std::int64_t bad = total - not_run - all.count(CaseState::kMatch);
  const char* const noun = all.is_comparison() ? "run" : "case";
  if (all.interrupted)
    return fmt::format("Interrupted after {} of {} {}s", total - not_run, total, noun);
  if (bad > 0)
    return fmt::format("{} of {} {} not match", bad, count_text(total, noun),
                       bad == 1 ? "does" : "do");
  const std::string match = total == 1 ? fmt::format("The {} matches", noun)
                                       : fmt::format("All {} {}s match", total, noun);
  if (!report.is_slower()) return match;
  return match + ", but not as fast";
}

Html facts(const RegressionReport& report) {
  const Regression& all = report.regression;
  const auto fact = [](const std::string& name, const std::string& value) {
    return element("span", {}, {text(name + " "), element("b", {}, value)});
  };
  Html inside = fact("", date_text(all.started));
  std::set<std::string> hashes;
  for (const CaseResult& one : all.cases)
    if (!one.verdict.rtl_hash.empty() && one.side != "B")
      hashes.insert(one.verdict.rtl_hash.substr(0, 12));
  if (all.is_comparison()) {
    inside += fact("A", all.rtl[0]);
    inside += fact("B", all.rtl[1]);
  } else if (hashes.size() == 1) {
    inside += fact("RTL", *hashes.begin());
  } else if (hashes.size() > 1) {
    inside += fact("RTL", fmt::format("{} trees", hashes.size()));
  }
  inside += fact("on", count_text(all.jobs, "job"));
  return element("div", {{"class", "facts"}}, {inside});
}

Html shares(const Regression& all) {
  Html bar, legend;
  for (const CaseState state : kAllCaseStates) {
    const std::int64_t count = all.count(state);
    if (count == 0) continue;
    const std::string name(to_string(state));
    bar += element("i", {{"class", class_of(name)}, {"style", fmt::format("flex:{}", count)}});
    legend += element("span", {{"class", class_of(name)}},
                      {mark(name, "mark"), element("b", {}, with_commas(count)), text(name)});
  }
  return {element("div", {{"class", "share"}, {"aria-hidden", "true"}}, {bar}).source +
          element("div", {{"class", "legend"}}, {legend}).source};
}

Html tile(const std::string& label, const std::string& value, const std::string& unit,
          const std::string& note) {
  return element("div", {{"class", "tile"}},
                 {element("div", {{"class", "label"}}, label),
                  element("div", {{"class", "value"}},
                          {text(value + (unit.empty() ? "" : " ")), element("small", {}, unit)}),
                  element("div", {{"class", "note"}}, note)});
}

/// "12.34 M" as number and unit.
Html number_tile(const std::string& label, double value, const std::string& note) {
  const std::string number = short_number(value);
  const std::size_t blank = number.find(' ');
  return tile(label, number.substr(0, blank),
              blank == std::string::npos ? "" : number.substr(blank + 1), note);
}

/// Of the elements: how many were compared by earlier runs only.
std::string cached_share(const Regression& all) {
  if (all.cached() == 0) return "";
  if (all.cached() == all.compared()) return "; all cached";
  return fmt::format("; {} cached", short_number(static_cast<double>(all.cached())));
}

Html tiles(const Regression& all) {
  std::int64_t mismatched = 0, macs = 0, taken_over = 0;
  std::uint64_t cycles = 0;
  double use = 0.0, busiest = 0.0, seconds = 0.0;
  for (const CaseResult& one : all.cases) {
    mismatched += one.verdict.mismatched;
    cycles += one.cycles();
    use += one.utilisation() * static_cast<double>(one.cycles());
    busiest = std::max(busiest, one.utilisation());
    seconds += one.seconds();
    taken_over += one.taken_over;
    for (const OpVerdict& op : one.verdict.ops)
      if (has_ended(op.state)) macs += op.macs;
  }
  const double mean = cycles > 0 ? use / static_cast<double>(cycles) : 0.0;
  const bool is_short = all.seconds < 100;
  const char* const unit = is_short ? "s" : "min";
  const auto time = [&](double value) {
    return fmt::format("{:.1f}", is_short ? value : value / 60);
  };
  return element(
      "div", {{"class", "card tiles"}},
      {number_tile("Elements compared", static_cast<double>(all.compared()),
                   (mismatched == 0
                        ? "none differs"
                        : with_commas(mismatched) + (mismatched == 1 ? " differs" : " differ")) +
                       cached_share(all)),
       number_tile("Cycles of the RTL", static_cast<double>(cycles),
                   short_number(static_cast<double>(macs)) + (macs < 1000000 ? " " : "") +
                       "MAC on the arrays"),
       tile("Mean use of the arrays", fmt::format("{:.0f}", 100 * mean), "%",
            "the busiest case: " + percent_text(busiest)),
       tile("Time", time(all.seconds), unit,
            taken_over > 0 ? count_text(taken_over, "case") + " taken over"
                           : fmt::format("{} {} of all cases together", time(seconds), unit))});
}

}  // namespace

Html summary_section(const RegressionReport& report) {
  const Html header =
      element("header", {},
              {element("p", {{"class", "eyebrow"}},
                       {text("Regression "), element("b", {}, report.regression.suite)}),
               element("h1", {}, headline(report)), facts(report)});
  return {header.source + shares(report.regression).source + tiles(report.regression).source};
}

}  // namespace systole::regress
