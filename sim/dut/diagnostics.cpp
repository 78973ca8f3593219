// diagnostics.cpp: picks errors out of logs.
#include "sim/dut/diagnostics.h"

#include <fmt/format.h>

#include <functional>
#include <sstream>
#include <vector>

namespace systole::dut {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLines = 12;
constexpr std::uintmax_t kRoomOfABuild = 8 << 20;  // Of a small design.

std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < kMostLines; ++i) text += "  " + lines[i] + "\n";
  if (lines.size() > kMostLines)
    text += fmt::format("  ... and {} more\n", lines.size() - kMostLines);
  return text;
}

/// The lines of `log` that `pick` keeps, or its last ones when it keeps none.
std::string select(const std::string& log, const std::function<bool(const std::string&)>& pick) {
  std::vector<std::string> all;
  std::vector<std::string> picked;
  std::istringstream in(log);
  for (std::string line; std::getline(in, line);) {
    all.push_back(line);
    if (pick(line)) picked.push_back(line);
  }
  if (!picked.empty()) return join(picked);
  if (all.size() > kMostLines) all.erase(all.begin(), all.end() - kMostLines);
  return join(all);
}

/// Puts `dir` before the relative path of "%Error: path:line...".
std::string with_folder(const std::string& line, const fs::path& dir) {
  const std::size_t begin = line.find(": ") + 2;
  const std::size_t end = line.find(':', begin);
  if (end == std::string::npos) return line;
  const fs::path file = line.substr(begin, end - begin);
  if (file.is_absolute() || !fs::is_regular_file(dir / file)) return line;
  return line.substr(0, begin) + (dir / file).string() + line.substr(end);
}

}  // namespace

std::string verilator_errors(const std::string& log, const fs::path& dir) {
  std::string located;
  std::istringstream in(log);
  for (std::string line; std::getline(in, line);) {
    located += (line.starts_with("%Error") ? with_folder(line, dir) : line) + "\n";
  }
  return select(located, [](const std::string& line) {
    return line.starts_with("%Error") && line.find("Exiting due to") == std::string::npos &&
           line.find("Command Failed") == std::string::npos;
  });
}

std::optional<InputError> configuration_error(const std::string& log, const DutConfig& config) {
  if (log.find("Specified --top-module '" + config.top + "' was not found") != std::string::npos)
    return InputError({.where = {config.dir.string()},
                       .key = "dut.top",
                       .got = config.top,
                       .expected = "a module of " + config.filelist});
  const std::string phrase = "Parameters from the command line were not found in the design: ";
  const std::size_t begin = log.find(phrase);
  if (begin == std::string::npos) return std::nullopt;
  std::string name;
  std::istringstream(log.substr(begin + phrase.size())) >> name;  // The first one.
  return InputError({.where = {config.dir.string()},
                     .key = "dut.parameters." + name,
                     .got = "a parameter that " + config.top + " does not have",
                     .expected = "one of the top module's",
                     .hint = "a design with other parameters than systole_core's needs an adapter "
                             "of its own, dut.adapter"});
}

std::string room_note(const fs::path& folder) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available >= kRoomOfABuild) return "";
  return fmt::format("\n  the cache has {} kB left; set SYSTOLE_CACHE to another folder",
                     space.available / 1024);
}

std::string compiler_errors(const std::string& log) {
  return select(log, [](const std::string& line) {
    return line.find("error:") != std::string::npos ||
           line.find("undefined reference") != std::string::npos;
  });
}

}  // namespace systole::dut
