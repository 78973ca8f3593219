// page_parts.cpp: marks, bars, numbers.
#include "flows/regress/page_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "flows/regress/describe.h"
#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

/// In a square of 12: a tick, a cross, a stroke and a dot, a clock, a wave, a dash.
const char* shape_of(std::string_view state) {
  if (state == "match") return "M2.5 6.5 5 9l4.5-6";
  if (state == "mismatch") return "M3 3l6 6M9 3 3 9";
  if (state == "failed") return "M6 1.5v5.5M6 10.4v.1";
  if (state == "timeout" || state == "slower") return "M6 2.5V6l2.8 1.8M6 .9a5.1 5.1 0 1 0 .01 0";
  if (state == "flaky") return "M1.5 7.5c1.5-5 3-5 4.5-1.5s3 3.5 4.5-1.5";
  return "M3 6h6";
}

}  // namespace

std::string class_of(std::string_view state) {
  return "s-" + (state == "not run" ? std::string("notrun") : std::string(state));
}

Html mark(std::string_view state, const std::string& classes, const std::string& title) {
  Html inside = element("path", {{"d", shape_of(state)}});
  if (!title.empty()) inside.source = element("title", {}, title).source + inside.source;
  const Attributes hidden = {{"class", classes}, {"viewBox", "0 0 12 12"}, {"aria-hidden", "true"}};
  const Attributes shown = {{"class", classes}, {"viewBox", "0 0 12 12"}, {"role", "img"}};
  return element("svg", title.empty() ? hidden : shown, {inside});
}

Html pill(std::string_view state) {
  return element("span", {{"class", "pill " + class_of(state)}},
                 {mark(state, "mark"), element("span", {}, state)});
}

Html cached_tag(const std::string& words) {
  if (words.empty()) return {};
  return element("span",
                 {{"class", "cached"}, {"title", "Not simulated now: found by an earlier run"}},
                 words);
}

Html meter(const std::string& kind, double share, const std::string& label) {
  const double percent = 100.0 * std::clamp(share, 0.0, 1.0);
  return element("span", {{"class", "meter " + kind}},
                 {text(label), element("i", {{"style", fmt::format("--v:{:.1f}%", percent)}})});
}

Html delta(double percent, double most, bool is_bad) {
  const double width = most > 0.0 ? std::min(50.0, 50.0 * std::abs(percent) / most) : 0.0;
  const double from = percent < 0.0 ? 50.0 - width : 50.0;
  const std::string colour = is_bad ? ";--c:var(--mismatch)" : "";
  return element(
      "span", {{"class", "delta"}},
      {element("i", {{"style", fmt::format("--from:{:.1f}%;--w:{:.1f}%{}", from, width, colour)}}),
       element("span", {{"class", is_bad ? "n bad" : "n"}}, signed_percent(percent))});
}

Html heading(std::string_view title, const std::string& classes) {
  return element("th", {{"class", classes}, {"scope", "col"}},
                 {element("button", {{"type", "button"}}, title)});
}

Html cell(const std::string& classes, double key, std::initializer_list<Html> children) {
  return element("td", {{"class", classes}, {"data-key", fmt::format("{}", key)}}, children);
}

Html name_text(std::string_view name) {
  Html broken;
  std::size_t start = 0;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name[i] == '.' || name[i] == '_' || name[i] == '-' || name[i] == '/') {
      broken += text(name.substr(start, i + 1 - start));
      broken += element("wbr", {});
      start = i + 1;
    }
  broken += text(name.substr(start));
  return broken;
}

std::string count_text(std::int64_t value, const char* noun) {
  return fmt::format("{} {}{}", with_commas(value), noun, value == 1 ? "" : "s");
}

std::string short_number(double value) {
  if (value >= 1e9) return fmt::format("{:.2f} G", value / 1e9);
  if (value >= 1e6) return fmt::format("{:.2f} M", value / 1e6);
  return with_commas(std::llround(value));
}

std::string percent_text(double share) { return fmt::format("{:.0f} %", 100.0 * share); }

std::string date_text(const std::string& started) {
  static constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  if (std::sscanf(started.c_str(), "%d-%d-%dT%d:%d", &year, &month, &day, &hour, &minute) != 5 ||
      month < 1 || month > 12)
    return started;
  return fmt::format("{} {} {}, {:02}:{:02} UTC", day, kMonths[month - 1], year, hour, minute);
}

}  // namespace systole::regress
