// page_parts.h: the sections of the page and the marks that they share; private to the page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "flows/regress/history.h"
#include "flows/regress/html.h"
#include "flows/regress/results_json.h"

namespace systole::regress {

extern const char* const kPageStyle;
extern const char* const kPageScript;

/// Sections; empty where there is nothing to say.
Html summary_section(const RegressionReport& report);
Html trouble_section(const RegressionReport& report);
Html baseline_section(const RegressionReport& report);
Html sides_section(const RegressionReport& report);
Html cases_section(const RegressionReport& report, const History& history);
Html ops_section(const RegressionReport& report);
Html coverage_section(const RegressionReport& report);
Html history_section(const RegressionReport& report, const History& history);

/// Differences over the output, as cells.
Html output_map(const HeatMap& map);
/// Differences by column over an array of rows x columns, with the processing element that an
/// explanation names.
Html array_map(const Explanation& explanation, std::int64_t rows, std::int64_t columns);

/// The class that gives a state its colour: "s-match".
std::string class_of(std::string_view state);
/// A mark of a shape of its own, for states told by more than their colour.
Html mark(std::string_view state, const std::string& classes, const std::string& title = "");
/// Mark and word.
Html pill(std::string_view state);
/// The quiet word "cached", or what else says which verdicts are of earlier runs; empty of none.
Html cached_tag(const std::string& words);
/// A number over a bar of `share` in [0, 1]; `kind` is "cycles" or "use".
Html meter(const std::string& kind, double share, const std::string& label);
/// Percent and a bar to its side; `most` percent fill it.
Html delta(double percent, double most, bool is_bad);
/// Classes and heading of a column that sorts its table.
Html heading(std::string_view title, const std::string& classes = "");
/// A cell that sorts by `key`.
Html cell(const std::string& classes, double key, std::initializer_list<Html> children);

/// A name that a narrow page may break behind its dots.
Html name_text(std::string_view name);

std::string count_text(std::int64_t value, const char* noun);  ///< "1 case", "2 cases".
std::string short_number(double value);                        ///< "1.23 M".
std::string percent_text(double share);                        ///< "74 %".
std::string date_text(const std::string& started);             ///< "21 November 2026, 19:36 UTC".

}  // namespace systole::regress
