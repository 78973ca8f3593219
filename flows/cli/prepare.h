// prepare.h: from a bundle to the integer network that the design must compute, and what it costs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "flows/cli/inputs.h"
#include "flows/cli/run_config.h"
#include "golden/trace.h"
#include "model/lower/report.h"
#include "model/network/bundle.h"
#include "sim/report/run_report.h"

namespace systole {

struct Prepared {
  Bundle bundle;  ///< Integer; its samples are codes of the network's inputs.
  bool from_float = false;
  std::optional<Accuracy> accuracy;    ///< Where the bundle has labelled samples.
  std::map<std::string, double> sqnr;  ///< dB by op, where there is a float path.
  double worst_scale_error = 0.0;      ///< Relative, over all requantisations.
  std::optional<LoweredMacs> lowered;  ///< Where the network came in another tool's arithmetic.
  std::map<std::string, std::string> host_reasons;  ///< Of ops that lowering left to the host.

  const IntNetwork& network() const { return std::get<IntNetwork>(bundle.network); }
};

/// Reads the bundle; quantises and fuses it when it is float, lowers it when it is in another
/// tool's arithmetic (streams are calibrated on the set `calibration.set`, else on the run's
/// inputs); checks that nothing can overflow;
/// with `evaluate`, measures accuracy and SQNR on the evaluation samples. Throws InputError.
Prepared prepare(const RunConfig& config, bool evaluate);

/// Records the golden trace of `inputs`; writes it to `out`/golden and the integer network to
/// `out`/network.
Trace record_golden(const Prepared& prepared, const Inputs& inputs, const std::string& out);

}  // namespace systole
