// cosimulate.h: the whole of a run: network, golden trace, design, replay, report.
#pragma once

#include <string>

#include "flows/cli/run_config.h"
#include "sim/dut/builder.h"
#include "sim/report/run_report.h"

namespace systole {

struct RunRequest {
  RunConfig config;
  std::string op_pattern;  ///< Of the ops to simulate; empty: all.
  std::string out;         ///< Directory of all results.
  bool resume = false;     ///< Go on from what `out` holds.
  bool fresh = false;      ///< Take no verdicts from the cache; renew them.
  bool coverage = false;   ///< Of the RTL; `config.dut.instrument` says so, too.
  std::string images;      ///< Folder of an export that weights come from; empty: the bundle.

  std::string rtl_trace() const { return out + "/rtl"; }
  std::string coverage_folder() const { return out + "/coverage"; }
  std::string verdict_file() const { return out + "/verdict.json"; }
};

/// Builds the design, or finds it in the cache, with a progress line. Throws as `build_dut`, and
/// Interrupted.
BuiltDut build_design(const DutConfig& config);

/// Replaces the run's verdict.json.
void write_verdict(const RunRequest& request, const RunReport& report);

/// Writes the integer network, both traces and verdict.json below `out`, the latter two every now
/// and then while a long run goes on. A design that does not build is a failed report; bad input
/// throws InputError.
RunReport cosimulate(const RunRequest& request);

}  // namespace systole
