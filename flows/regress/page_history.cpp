// page_history.cpp: verdicts, cycles and time over past runs.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "flows/regress/describe.h"
#include "flows/regress/page_parts.h"
#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

constexpr std::size_t kMostRuns = 40;

Html verdict_columns(const History& history, std::size_t first) {
  std::size_t most = 1;
  for (std::size_t i = first; i < history.size(); ++i)
    most = std::max(most, history[i].cases.size());
  Html columns;
  for (std::size_t i = first; i < history.size(); ++i) {
    Html parts;
    std::string title = date_text(history[i].started);
    for (const CaseState state : kAllCaseStates) {
      const auto count = std::count_if(history[i].cases.begin(), history[i].cases.end(),
                                       [&](const auto& one) { return one.second.state == state; });
      if (count == 0) continue;
      const std::string name(to_string(state));
      title += fmt::format(", {} {}", count, name);
      const double share = 100.0 * static_cast<double>(count) / static_cast<double>(most);
      parts = {
          element("i", {{"class", class_of(name)}, {"style", fmt::format("height:{:.1f}%", share)}})
              .source +
          parts.source};
    }
    columns += element(
        "div", {{"title", title}, {"class", i + 1 == history.size() ? "now-run" : ""}}, {parts});
  }
  return element("div", {{"class", "chart columns"}}, {columns});
}

/// A line through the values that are there, from zero, so that heights compare.
Html line(const std::vector<std::optional<double>>& values, const char* colour) {
  double most = 0.0;
  for (const auto& value : values) most = std::max(most, value.value_or(0.0));
  if (most <= 0.0) return element("div", {{"class", "chart"}});
  constexpr double kWidth = 100.0, kHeight = 100.0;
  const double step = values.size() > 1 ? kWidth / static_cast<double>(values.size() - 1) : 0.0;
  std::string points;
  double start = -1.0, x = 0.0, y = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    x = values.size() > 1 ? step * static_cast<double>(i) : kWidth;
    y = kHeight * (1.0 - 0.92 * *values[i] / most);
    if (start < 0.0) start = x;
    points += fmt::format("{:.2f},{:.2f} ", x, y);
  }
  const std::string area = fmt::format("{:.2f},100 {}{:.2f},100", start, points, x);
  const std::string dot = fmt::format("M{:.2f} {:.2f}h.01", x, y);
  return element(
      "div", {{"class", "chart line"}, {"style", fmt::format("--bar:var({})", colour)}},
      {element(
          "svg",
          {{"viewBox", "0 0 100 100"}, {"preserveAspectRatio", "none"}, {"aria-hidden", "true"}},
          {element("polygon", {{"class", "area"}, {"points", area}}),
           element("path", {{"class", "base"}, {"d", "M0 100H100"}}),
           element("polyline", {{"points", points}}),
           element("path", {{"class", "dot"}, {"d", dot}})})});
}

Html trend(const std::string& title, const std::string& now, const Html& chart,
           const History& history, std::size_t first) {
  const auto short_date = [](const std::string& started) {
    const std::string date = date_text(started);
    return date.substr(0, date.find(','));
  };
  return element("div", {{"class", "trend"}},
                 {element("h4", {}, title), element("div", {{"class", "now"}}, now), chart,
                  element("div", {{"class", "ends"}},
                          {element("span", {}, short_date(history[first].started)),
                           element("span", {}, "this run")})});
}

/// Sum of the cycles of the cases of the last run, where a run has all of them with cycles.
std::vector<std::optional<double>> cycles_of(const History& history, std::size_t first) {
  std::vector<std::string> names;
  for (const auto& [name, one] : history.back().cases)
    if (one.cycles > 0) names.push_back(name);
  std::vector<std::optional<double>> values;
  for (std::size_t i = first; i < history.size(); ++i) {
    double sum = 0.0;
    bool whole = !names.empty();
    for (const std::string& name : names) {
      const auto found = history[i].cases.find(name);
      whole = whole && found != history[i].cases.end() && found->second.cycles > 0;
      if (whole) sum += static_cast<double>(found->second.cycles);
    }
    values.push_back(whole ? std::optional(sum) : std::nullopt);
  }
  return values;
}

std::string change_text(const std::vector<std::optional<double>>& values) {
  if (values.size() < 2 || !values.back()) return "";
  for (std::size_t i = values.size() - 1; i-- > 0;)
    if (values[i] && *values[i] > 0.0) {
      const double percent = 100.0 * (*values.back() / *values[i] - 1.0);
      return percent == 0.0 ? ", as before" : ", " + signed_percent(percent);
    }
  return "";
}

}  // namespace

Html history_section(const RegressionReport& report, const History& history) {
  if (history.size() < 2) return {};
  const std::size_t first = history.size() > kMostRuns ? history.size() - kMostRuns : 0;
  const auto cycles = cycles_of(history, first);
  std::vector<std::optional<double>> seconds;
  for (std::size_t i = first; i < history.size(); ++i) seconds.push_back(history[i].seconds);
  const Regression& now = report.regression;
  const double total = cycles.back().value_or(0.0);
  return element(
      "section", {},
      {element("h2", {{"style", "margin-bottom:14px"}}, "History"),
       element("div", {{"class", "card trends"}},
               {trend("Verdicts",
                      fmt::format("{} of {} match", now.count(CaseState::kMatch), now.cases.size()),
                      verdict_columns(history, first), history, first),
                trend("Cycles of all cases", short_number(total) + change_text(cycles),
                      line(cycles, "--cycles"), history, first),
                trend("Seconds", fmt::format("{:.1f} s", now.seconds), line(seconds, "--use"),
                      history, first)})});
}

}  // namespace systole::regress
