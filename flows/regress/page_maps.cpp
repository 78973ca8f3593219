// page_maps.cpp: differences as heat maps, a path per shade.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "flows/regress/page_parts.h"
#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

constexpr int kShades = 8;

/// 1 to kShades of a positive count: by its root, so that single differences show beside full ones.
int shade_of(std::int64_t count, std::int64_t most) {
  const double share = std::sqrt(static_cast<double>(count) / static_cast<double>(most));
  return std::clamp(static_cast<int>(std::ceil(kShades * share)), 1, kShades);
}

/// Cells of counts [rows x columns], each drawn as a square of 1; neighbours of a shade as one.
Html cells(std::int64_t rows, std::int64_t columns, const std::vector<std::int64_t>& counts) {
  const std::int64_t most = *std::max_element(counts.begin(), counts.end());
  std::map<int, std::string> paths;
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns;) {
      const auto count = [&](std::int64_t column) {
        return counts[static_cast<std::size_t>(r * columns + column)];
      };
      const std::int64_t start = c++;
      if (count(start) <= 0) continue;
      const int shade = shade_of(count(start), most);
      while (c < columns && count(c) > 0 && shade_of(count(c), most) == shade) ++c;
      paths[shade] += fmt::format("M{} {}h{}v1h-{}z", start, r, c - start, c - start);
    }
  Html drawn;
  for (const auto& [shade, path] : paths)
    drawn += element("path", {{"class", "heat"},
                              {"d", path},
                              {"fill-opacity", fmt::format("{:.2f}", 0.12 + 0.11 * shade)}});
  return drawn;
}

/// Lines between cells, where they are large enough to be told apart.
Html lines(std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t kMostLines = 20;
  std::string path;
  if (columns <= kMostLines)
    for (std::int64_t c = 1; c < columns; ++c) path += fmt::format("M{} 0V{}", c, rows);
  if (rows <= kMostLines)
    for (std::int64_t r = 1; r < rows; ++r) path += fmt::format("M0 {}H{}", r, columns);
  return element("path", {{"class", "grid"}, {"d", path}});
}

struct Axes {
  std::string y_first, y_last, x_first, x_last;
};

Html plot(const std::string& title, const std::string& classes, std::int64_t rows,
          std::int64_t columns, const Html& inside, const Axes& axes, const std::string& label) {
  const auto ends = [](const char* axis, const std::string& first, const std::string& last) {
    return element("div", {{"class", axis}},
                   {element("span", {}, first), element("span", {}, last)});
  };
  return element("figure", {{"class", "map " + classes}, {"style", "margin:0"}},
                 {element("h4", {}, title),
                  element("div", {{"class", "plot"}},
                          {ends("y", axes.y_last, axes.y_first),
                           element("svg",
                                   {{"viewBox", fmt::format("0 0 {} {}", columns, rows)},
                                    {"preserveAspectRatio", "none"},
                                    {"role", "img"},
                                    {"aria-label", label}},
                                   {inside}),
                           ends("x", axes.x_first, axes.x_last)})});
}

Html scale(std::int64_t most, const char* unit) {
  return element("div", {{"class", "scale"}},
                 {text("0"), element("i", {}), text(with_commas(most) + " " + unit)});
}

bool holds_counts(const std::vector<std::int64_t>& counts, std::int64_t size) {
  return size > 0 && static_cast<std::int64_t>(counts.size()) == size &&
         *std::max_element(counts.begin(), counts.end()) > 0;
}

}  // namespace

Html output_map(const HeatMap& map) {
  constexpr std::int64_t kMostCells = 256;
  if (map.rows < 1 || map.rows > kMostCells || map.columns < 1 || map.columns > kMostCells ||
      !holds_counts(map.counts, map.rows * map.columns))
    return {};
  const std::int64_t most = *std::max_element(map.counts.begin(), map.counts.end());
  Html figure =
      plot("Over the output", "output", map.rows, map.columns,
           {cells(map.rows, map.columns, map.counts).source + lines(map.rows, map.columns).source},
           {"first row", "last", "first channel", "last"},
           fmt::format("Differing elements over the output, at most {} in a cell", most));
  return element("div", {}, {figure, scale(most, "differ in a cell")});
}

Html array_map(const Explanation& explanation, std::int64_t rows, std::int64_t columns) {
  const auto is_in = [](const std::optional<std::int64_t>& index, std::int64_t extent) {
    return index && 0 <= *index && *index < extent;
  };
  if (rows < 1 || columns < 1) return {};
  const bool has_row = is_in(explanation.pe_row, rows);
  const bool has_column = is_in(explanation.pe_column, columns);
  const bool has_counts = holds_counts(explanation.array_columns, columns);
  if (!has_row && !has_column && !has_counts) return {};

  std::vector<std::int64_t> counts;
  if (has_counts)
    for (std::int64_t r = 0; r < rows; ++r)
      counts.insert(counts.end(), explanation.array_columns.begin(),
                    explanation.array_columns.end());
  Html inside = counts.empty() ? Html{} : cells(rows, columns, counts);
  inside += lines(rows, columns);
  if (has_row || has_column)
    inside += element("rect", {{"class", has_row && has_column ? "pe-mark one" : "pe-mark"},
                               {"x", std::to_string(has_column ? *explanation.pe_column : 0)},
                               {"y", std::to_string(has_row ? *explanation.pe_row : 0)},
                               {"width", std::to_string(has_column ? 1 : columns)},
                               {"height", std::to_string(has_row ? 1 : rows)}});
  const std::string title =
      has_row && has_column ? fmt::format("Over the array: PE row {}, column {}",
                                          *explanation.pe_row, *explanation.pe_column)
      : has_column          ? fmt::format("Over the array: column {}", *explanation.pe_column)
      : has_row             ? fmt::format("Over the array: row {}", *explanation.pe_row)
                            : "Over the array's columns";
  const Html figure =
      plot(title, "pe", rows, columns, inside,
           {"row 0", std::to_string(rows - 1), "column 0", std::to_string(columns - 1)},
           fmt::format("Differing elements by column of the {} x {} array", rows, columns));
  if (!has_counts) return figure;
  const std::int64_t most = *std::max_element(counts.begin(), counts.end());
  return element("div", {}, {figure, scale(most, "differ in a column")});
}

}  // namespace systole::regress
