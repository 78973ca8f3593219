// whole_run.h: runs a network on a small design as a user would, and reads the verdict.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace systole::test {

struct WholeRun {
  std::unique_ptr<TempDirectory> directory;  ///< What the run wrote (`-o`).
  Finished finished;
  nlohmann::json verdict;  ///< Null where the run left none.

  std::filesystem::path golden() const { return *directory / "golden"; }
  std::filesystem::path rtl() const { return *directory / "rtl"; }
};

inline const std::string kConfig = SYSTOLE_SOURCE_DIR "/configs/digits.yaml";

/// The command line of `systole run` on one digit and a 4x4 design, compiled fast rather than well,
/// but for `settings` (key=value); every op is simulated, no waveforms or reproducers are written.
std::vector<std::string> run_arguments(const std::filesystem::path& out,
                                       const std::vector<std::string>& settings,
                                       const std::vector<std::string>& options = {});

WholeRun run(const std::vector<std::string>& settings,
             const std::vector<std::string>& options = {});

/// Fails the test unless the run exited with 0 and every op that the design computes was compared
/// whole, element by element, and `host` names all others in order.
void expect_match(const WholeRun& run, const std::vector<std::string>& host = {"flat"});

/// Cycles by op.
std::map<std::string, std::int64_t> cycles(const WholeRun& run);

/// The exit code of `systole compare`.
int compare(const std::filesystem::path& expected, const std::filesystem::path& got);

/// The verdict's row of an op.
nlohmann::json row(const WholeRun& run, const std::string& op);

}  // namespace systole::test
