// pattern.cpp: sets of rows, channels, tiles and columns, and what is regular about them.
#include "sim/check/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace systole {
namespace {

using Numbers = std::set<std::int64_t>;

/// "3", "8 to 15", or "every 4th from 3"; nothing when they follow no rule.
std::optional<std::string> describe(const Numbers& numbers) {
  const std::int64_t first = *numbers.begin(), last = *numbers.rbegin();
  const auto count = static_cast<std::int64_t>(numbers.size());
  if (count == 1) return fmt::format("{}", first);
  if (last - first == count - 1) return fmt::format("{} to {}", first, last);
  const std::int64_t step = *std::next(numbers.begin()) - first;
  if (count < 3 || last - first != step * (count - 1)) return std::nullopt;
  for (std::int64_t n = first; n <= last; n += step)
    if (!numbers.contains(n)) return std::nullopt;
  return fmt::format("{} to {} in steps of {}", first, last, step);
}

std::string plural(const Numbers& numbers, const char* noun) {
  return fmt::format("{}{}", noun, numbers.size() == 1 ? "" : "s");
}

}  // namespace

std::string describe_pattern(const Differences& differences) {
  const auto& elements = differences.differing;
  if (elements.empty()) return "";
  if (elements.size() == 1) return "one element";
  const auto count = static_cast<std::int64_t>(elements.size());
  if (count == differences.m * differences.channels) return "all elements";

  Numbers rows, channels, columns, tiles, tile_rows;
  for (const DifferingElement& element : elements) {
    rows.insert(element.flat / differences.channels);
    channels.insert(element.flat % differences.channels);
    columns.insert(element.place.column);
    tiles.insert(element.place.tile);
    tile_rows.insert(element.place.row);
  }
  const std::string part =
      count == static_cast<std::int64_t>(rows.size() * channels.size()) ? "all" : "some";
  const auto has_all = [](const Numbers& numbers, std::int64_t all) {
    return static_cast<std::int64_t>(numbers.size()) == all;
  };
  if (channels.size() == 1)
    return fmt::format("channel {}, {} rows of it", *channels.begin(), rows.size());
  if (rows.size() == 1)
    return fmt::format("row {} of the output, {} channels of it", *rows.begin(), channels.size());
  if (!has_all(columns, differences.array_columns))
    if (const auto text = describe(columns))
      return fmt::format("{} {} of the array, in {} channels", plural(columns, "column"), *text,
                         channels.size());
  if (tiles.size() == 1) return fmt::format("output tile {}, {} elements", *tiles.begin(), count);
  if (tile_rows.size() == 1)
    return fmt::format("row {} of {} output tiles", *tile_rows.begin(), tiles.size());
  if (!has_all(channels, differences.channels))
    if (const auto text = describe(channels))
      return fmt::format("{} {}, {} of their elements", plural(channels, "channel"), *text, part);
  if (!has_all(rows, differences.m))
    if (const auto text = describe(rows))
      return fmt::format("{} {} of the output, {} of their elements", plural(rows, "row"), *text,
                         part);
  return fmt::format("{} of {} elements, no regular pattern", count,
                     differences.m * differences.channels);
}

std::optional<std::int64_t> common_column(const Differences& differences) {
  if (differences.differing.empty()) return std::nullopt;
  const std::int64_t column = differences.differing.front().place.column;
  const bool is_common = std::ranges::all_of(
      differences.differing,
      [&](const DifferingElement& element) { return element.place.column == column; });
  return is_common ? std::optional(column) : std::nullopt;
}

HeatMap heat_map(const Differences& differences, std::int64_t most) {
  HeatMap map{std::min(differences.m, most), std::min(differences.channels, most), {}};
  map.counts.resize(static_cast<std::size_t>(map.rows * map.columns));
  for (const DifferingElement& element : differences.differing) {
    const std::int64_t row = element.flat / differences.channels * map.rows / differences.m;
    const std::int64_t column =
        element.flat % differences.channels * map.columns / differences.channels;
    ++map.counts[static_cast<std::size_t>(row * map.columns + column)];
  }
  return map;
}

std::vector<std::int64_t> count_by_column(const Differences& differences) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(differences.array_columns));
  for (const DifferingElement& element : differences.differing)
    ++counts[static_cast<std::size_t>(element.place.column)];
  return counts;
}

}  // namespace systole
