// fuzz.h: `systole fuzz`: designs, hunt, reproducers of what fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flows/fuzz/hunt.h"

namespace systole {

struct FuzzRequest {
  std::string config;                  ///< A run's YAML file with the design; empty: small cores.
  std::vector<std::string> overrides;  ///< `key=value` of the design's settings.
  std::uint64_t seed = 1;
  double seconds = 20.0;                   ///< Of simulation, without builds and reductions.
  std::optional<std::uint64_t> only_case;  ///< Runs this one and no other.
  bool keep_going = false;                 ///< After a failure.
  int workers = 1;
  std::string out;  ///< Directory of reproducers and of the workers' logs.
};

/// A failing case and its reproducer.
struct FuzzFailure {
  FailedCase found;
  std::vector<std::string> ops;       ///< Of the case as it was drawn.
  std::vector<std::string> smallest;  ///< Of the reproducer.
  std::string message;                ///< Of the reproducer's run; empty: it does not fail alone.
  std::string reproducer;             ///< Its directory; empty: one of many, not reduced.
  int trials = 0;
  double seconds = 0.0;  ///< Of the reduction.
};

struct FuzzReport {
  std::vector<std::string> designs;
  HuntResult hunt;
  double seconds = 0.0;  ///< Of simulation.
  std::vector<FuzzFailure> failures;
  bool interrupted = false;
};

/// 3 when a simulation failed, else 1 when something differs or nothing was compared, else 130 when
/// interrupted, else 0.
int exit_code(const FuzzReport& report);

/// Throws InputError, and SimulationError when a design does not build.
FuzzReport fuzz(const FuzzRequest& request);

/// The command line that runs one case again.
std::string rerun_command(const FuzzRequest& request, std::uint64_t number);

std::string to_text(const FuzzRequest& request, const FuzzReport& report);
std::string to_json(const FuzzRequest& request, const FuzzReport& report);

}  // namespace systole
