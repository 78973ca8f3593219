// lcov.cpp: records of text.
#include "sim/coverage/lcov.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole {

std::string to_lcov(const Coverage& coverage,
                    const std::function<std::string(const std::string& file)>& path_of) {
  std::map<std::string, std::map<std::int64_t, std::uint64_t>> files;
  for (const ModuleCoverage& module : coverage.modules)
    if (!module.lines.empty()) files[module.file].insert(module.lines.begin(), module.lines.end());
  std::string text;
  for (const auto& [file, lines] : files) {
    text += fmt::format("TN:\nSF:{}\n", path_of(file));
    for (const auto& [line, count] : lines) text += fmt::format("DA:{},{}\n", line, count);
    const auto hit = std::ranges::count_if(lines, [](const auto& line) { return line.second > 0; });
    text += fmt::format("LF:{}\nLH:{}\nend_of_record\n", lines.size(), hit);
  }
  return text;
}

}  // namespace systole
