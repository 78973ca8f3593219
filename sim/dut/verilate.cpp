// verilate.cpp: Verilator's command line, and the dependency lists of Verilator and the compiler.
#include "sim/dut/verilate.h"

#include <fmt/format.h>

#include <set>
#include <sstream>

#include "sim/dut/compile.h"
#include "sim/dut/diagnostics.h"
#include "sim/dut/digest.h"
#include "sim/dut/error.h"

namespace systole::dut {
namespace {

namespace fs = std::filesystem;

Command verilator_command(const Recipe& recipe, const std::string& unroll_count,
                          const fs::path& folder) {
  std::vector<std::string> arguments = {recipe.tools.verilator.program.string()};
  const auto append = [&](const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
  };
  append(recipe.verilator_flags);
  append({"--unroll-count", unroll_count, "--Mdir", folder.string()});
  if (recipe.control) arguments.push_back(recipe.control->string());
  append(recipe.list.arguments);
  return {arguments, recipe.rtl, folder / "verilator.log"};
}

/// Lists what the adapter includes; Verilator's headers are not there yet and need not be.
Command scan_command(const Recipe& recipe, const fs::path& folder) {
  std::vector<std::string> arguments = compiler_command(recipe, folder);
  arguments.insert(arguments.end(), {"-MM", "-MG", "-MT", "adapter", "-MF",
                                     (folder / "adapter.d").string(), recipe.adapter.string()});
  return {arguments, folder, folder / "scan.log"};
}

/// Prerequisites of a makefile rule; blanks in paths are escaped.
std::set<std::string> adapter_sources(const Recipe& recipe, const fs::path& rule) {
  std::set<std::string> sources;
  const std::string text = read_text(rule);
  std::string path;
  const auto finish = [&] {
    if (fs::path(path).is_absolute()) sources.insert(recipe.names.name(path));
    path.clear();
  };
  for (std::size_t i = text.find(':') + 1; i < text.size(); ++i) {
    const bool has_next = i + 1 < text.size();
    if (text[i] == '\\' && has_next && text[i + 1] == '\n') {
      ++i;
    } else if ((text[i] == '\\' || text[i] == '$') && has_next) {
      path += text[++i];
    } else if (text[i] == ' ' || text[i] == '\n') {
      finish();
    } else {
      path += text[i];
    }
  }
  finish();
  return sources;
}

}  // namespace

std::vector<fs::path> listed_sources(const std::string& list) {
  std::vector<fs::path> sources;
  std::istringstream in(list);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("S") || !line.ends_with('"')) continue;
    const std::size_t close = line.size() - 1;
    const std::size_t open = line.rfind('"', close - 1);
    if (open == std::string::npos) continue;
    const fs::path path = line.substr(open + 1, close - open - 1);
    if (path.filename() != "verilator_bin") sources.push_back(path);
  }
  return sources;
}

std::vector<std::string> verilate(const Recipe& recipe, const fs::path& folder, const fs::path& log,
                                  const Poll& poll) {
  Command commands[2];
  std::size_t failed = 0;
  for (const std::string& count : recipe.unroll_counts) {
    commands[0] = verilator_command(recipe, count, folder);
    commands[1] = scan_command(recipe, folder);
    failed = run_commands(commands, 2, poll);
    const bool is_loop_too_long =
        failed == 0 && read_text(commands[0].log).find("set --unroll-count") != std::string::npos;
    if (!is_loop_too_long) break;
  }
  if (failed != std::size(commands)) {
    std::error_code ignored;
    fs::copy_file(commands[failed].log, log, fs::copy_options::overwrite_existing, ignored);
    const std::string text = read_text(commands[failed].log);
    if (const auto error = configuration_error(text, recipe.config); failed == 0 && error)
      throw *error;
    throw SimulationError(fmt::format(
        "{} does not build:\n{}  log: {}{}", failed == 0 ? "the design" : "the design's adapter",
        failed == 0 ? verilator_errors(text, recipe.config.dir) : compiler_errors(text),
        log.string(), room_note(folder)));
  }
  std::set<std::string> sources;
  for (const fs::path& path : listed_sources(read_text(folder / "Vdut__verFiles.dat")))
    sources.insert(recipe.names.name(path));
  sources.merge(adapter_sources(recipe, folder / "adapter.d"));
  return {sources.begin(), sources.end()};
}

}  // namespace systole::dut
