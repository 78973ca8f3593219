// dat.cpp: line by line.
#include "sim/coverage/dat.h"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>
#include <system_error>

namespace systole {
namespace {

constexpr std::string_view kFirstLine = "# SystemC::Coverage-3";

/// The next line, without its end, which must be there: a file that was cut is none.
std::string_view take_line(std::string_view& text, std::size_t number) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos)
    throw std::runtime_error(fmt::format("line {} has no end", number));
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

CoverageCounts parse_dat(std::string_view dat) {
  std::size_t number = 1;
  if (dat.substr(0, kFirstLine.size() + 1) != std::string(kFirstLine) + "\n")
    throw std::runtime_error(fmt::format("it does not begin with '{}'", kFirstLine));
  take_line(dat, number);
  CoverageCounts counts;
  while (!dat.empty()) {
    const std::string_view line = take_line(dat, ++number);
    const std::size_t quote = line.rfind("' ");
    std::uint64_t count = 0;
    const char* const end = line.data() + line.size();
    bool is_point = line.starts_with("C '") && quote != std::string_view::npos && quote >= 3;
    if (is_point) {
      const auto [last, error] = std::from_chars(line.data() + quote + 2, end, count);
      is_point = error == std::errc() && last == end;
    }
    if (!is_point) throw std::runtime_error(fmt::format("line {} is no point", number));
    const std::string_view point = line.substr(3, quote - 3);
    // Files come in this order: each point behind the one before it.
    counts.emplace_hint(counts.end(), point, 0)->second += count;
  }
  return counts;
}

std::string to_dat(const CoverageCounts& counts) {
  std::string text = std::string(kFirstLine) + "\n";
  for (const auto& [point, count] : counts) text += fmt::format("C '{}' {}\n", point, count);
  return text;
}

void add(const CoverageCounts& more, CoverageCounts& sum) {
  auto at = sum.begin();  // Both are sorted, and mostly have the same points.
  for (const auto& [point, count] : more) {
    while (at != sum.end() && at->first < point) ++at;
    at = sum.emplace_hint(at, point, 0);
    at->second += count;
  }
}

}  // namespace systole
