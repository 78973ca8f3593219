// process.h: runs programs without a shell, several at a time, and never leaves one behind.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace systole::dut {

struct Command {
  std::vector<std::string> arguments;  ///< The program's path first.
  std::filesystem::path folder;        ///< Where it runs.
  std::filesystem::path log;           ///< Takes its stdout and stderr.
};

/// Called some hundred times a second while programs run; whatever it throws ends them.
using Poll = std::function<void()>;

/// Runs `commands`, at most `most` at once, each in a process group of its own. The first failure
/// ends the others. Returns the index of the failed command, or `commands.size()`. Whichever way
/// this ends, all groups are gone. Throws SimulationError when there are no processes left.
std::size_t run_commands(std::span<const Command> commands, unsigned most, const Poll& poll);

/// The first line that a program prints; empty when it fails.
std::string first_line_of(const std::vector<std::string>& arguments,
                          const std::filesystem::path& scratch);

}  // namespace systole::dut
