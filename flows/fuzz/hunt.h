// hunt.h: cases after cases over worker processes, until one fails or the time is up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "flows/fuzz/fuzz_case.h"
#include "flows/fuzz/run_case.h"
#include "sim/dut/dut.h"

namespace systole {

/// A built design that cases are drawn for.
struct FuzzDesign {
  DutConfig config;
  BuiltDut built;
  Geometry geometry;
};

std::vector<Geometry> geometries(const std::vector<FuzzDesign>& designs);

struct FailedCase {
  std::uint64_t number = 0;
  OpState state = OpState::kMismatch;  ///< Or kFailed.
  std::string message;
};

inline constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

struct HuntOptions {
  std::uint64_t seed = 1;
  std::uint64_t first = 0;        ///< Number of the first case.
  std::uint64_t most = kNoLimit;  ///< Cases.
  int workers = 1;
  std::filesystem::path logs;
  double most_case_seconds = 20.0;  ///< A case that takes longer never ends.
};

struct HuntHooks {
  /// After every case.
  std::function<void(const FuzzCounts&)> progress;
  /// A case that is not right; false ends the hunt.
  std::function<bool(const FailedCase&)> failed;
  /// Asked some ten times a second; false ends the hunt, once no case is overdue.
  std::function<bool()> keep_going;
};

struct HuntResult {
  FuzzCounts counts;
  std::map<std::string, std::int64_t> kinds;  ///< Ops by `kind_of`, of the cases counted.
  std::uint64_t next = 0;                     ///< No case of this number or above was begun.
};

/// Draws case after case (draw_case.h) and runs each on a fresh design. A case whose worker dies or
/// never returns has failed; another worker goes on. Throws as `run_pool` does. SystemC must not
/// have been used in this process.
HuntResult hunt(const std::vector<FuzzDesign>& designs, const HuntOptions& options,
                const HuntHooks& hooks);

/// What is wrong with the first op of this state in a run of the case alone, as `systole run` does
/// it; nothing when there is none.
std::optional<std::string> failure_alone(const FuzzCase& fuzz_case, OpState state,
                                         const FuzzDesign& design,
                                         const std::filesystem::path& logs);

}  // namespace systole
