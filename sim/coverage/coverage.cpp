// coverage.cpp: points to modules.
#include "sim/coverage/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <tuple>

namespace systole {
namespace {

namespace fs = std::filesystem;
using Fields = std::map<std::string_view, std::string_view>;

Fields fields_of(std::string_view point) {
  Fields fields;
  while (!point.empty()) {
    const std::size_t end = std::min(point.find('\1', 1), point.size());
    const std::string_view field = point.substr(1, end - 1);
    const std::size_t split = std::min(field.find('\2'), field.size());
    fields[field.substr(0, split)] = field.substr(std::min(split + 1, field.size()));
    point.remove_prefix(end);
  }
  return fields;
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || last != end || number < 1) return std::nullopt;
  return number;
}

/// "3-4,7": 3, 4, 7. What is no list of lines gives none.
std::vector<std::int64_t> lines_of(std::string_view list) {
  std::vector<std::int64_t> lines;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    const std::size_t dash = std::min(item.find('-'), item.size());
    const auto first = number_of(item.substr(0, dash));
    const auto last = dash < item.size() ? number_of(item.substr(dash + 1)) : first;
    constexpr std::int64_t kMostLines = 1'000'000;
    if (!first || !last || *last - *first > kMostLines) return {};
    for (std::int64_t line = *first; line <= *last; ++line) lines.push_back(line);
  }
  return lines;
}

/// One statement or bit, over all instances.
using Place = std::tuple<std::string_view, std::string_view, std::int64_t, std::string_view,
                         std::string_view>;  // File, module, line, column (of toggles: none), what.

Tally count(const std::vector<ModuleCoverage>& modules, Tally (ModuleCoverage::*tally)() const) {
  Tally sum;
  for (const ModuleCoverage& module : modules) sum += (module.*tally)();
  return sum;
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || !fs::is_regular_file(file)) throw std::runtime_error("it cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

Tally& Tally::operator+=(const Tally& more) {
  covered += more.covered;
  total += more.total;
  return *this;
}

Tally ModuleCoverage::line_tally() const {
  Tally tally;
  for (const auto& [line, count] : lines) tally += {count > 0, 1};
  return tally;
}

Tally ModuleCoverage::toggle_tally() const {
  Tally tally;
  for (const auto& [line, bits] : toggles)
    for (const auto& [bit, count] : bits) tally += {count > 0, 1};
  return tally;
}

Tally Coverage::lines() const { return count(modules, &ModuleCoverage::line_tally); }
Tally Coverage::toggles() const { return count(modules, &ModuleCoverage::toggle_tally); }

Coverage summarise(CoverageCounts counts) {
  Coverage coverage;
  coverage.counts = std::move(counts);
  struct Statement {
    std::uint64_t count = 0;
    std::vector<std::int64_t> lines;
  };
  std::map<Place, Statement> statements;
  std::map<std::pair<std::string_view, std::string_view>, ModuleCoverage> modules;
  for (const auto& [point, count] : coverage.counts) {
    const Fields fields = fields_of(point);
    const auto field = [&](std::string_view key) {
      const auto found = fields.find(key);
      return found == fields.end() ? std::string_view() : found->second;
    };
    const std::string_view page = field("page");
    const std::size_t slash = page.find('/');
    const auto line = number_of(field("l"));
    if (field("f").empty() || !line || slash == std::string_view::npos) continue;
    const std::string_view kind = page.substr(0, slash);
    std::string_view name = page.substr(slash + 1);
    name = name.substr(0, name.find("__", 1));
    const bool is_toggle = kind == "v_toggle";
    if (!is_toggle && kind != "v_line" && kind != "v_branch") continue;
    ModuleCoverage& module = modules[{field("f"), name}];
    module.name = name;
    module.file = field("f");
    if (is_toggle) {
      module.toggles[*line][std::string(field("o"))] += count;
    } else {
      Statement& statement = statements[{field("f"), name, *line, field("n"), field("o")}];
      statement.count += count;
      statement.lines = lines_of(field("S"));
      if (statement.lines.empty()) statement.lines = {*line};
    }
  }
  for (const auto& [place, statement] : statements) {
    std::map<std::int64_t, std::uint64_t>& lines =
        modules.at({std::get<0>(place), std::get<1>(place)}).lines;
    for (const std::int64_t line : statement.lines) {
      const auto [found, is_new] = lines.emplace(line, statement.count);
      if (!is_new) found->second = std::min(found->second, statement.count);
    }
  }
  for (auto& [key, module] : modules) coverage.modules.push_back(std::move(module));
  return coverage;
}

Coverage merge_coverage(const std::vector<fs::path>& files) {
  CoverageCounts counts;
  std::vector<std::string> unread;
  for (const fs::path& file : files) try {
      add(parse_dat(content(file)), counts);
    } catch (const std::exception& error) {
      unread.push_back(fmt::format("{}: {}", file.string(), error.what()));
    }
  Coverage coverage = summarise(std::move(counts));
  coverage.unread = std::move(unread);
  return coverage;
}

}  // namespace systole
