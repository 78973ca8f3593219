// quantise.h: from a float bundle to its quantizers and its integer network.
#pragma once

#include <optional>

#include "flows/cli/run_config.h"
#include "model/fuse/encode.h"
#include "model/fuse/fuse.h"
#include "model/network/bundle.h"
#include "model/quant/samples.h"

namespace systole {

struct Quantised {
  EncodedNetwork encoded;
  FusedNetwork fused;  ///< Has passed `check_network`.
};

/// All cores; ends with Interrupted when the user asked for it. `progress` is told of samples.
BatchOptions batch_options(const RunConfig& config, SampleProgress progress = {});

/// What `calibration.file` or `calibration.set` names; `bundle` must outlive it. Throws InputError.
SampleSource calibration_samples(const Bundle& bundle, const RunConfig& config);

/// The quantizers of the float network of `bundle` under the configuration's recipe, calibrated on
/// its samples. Throws InputError.
EncodedNetwork encode_bundle(const RunConfig& config, const Bundle& bundle,
                             const BatchOptions& options);

/// And the integer network that follows.
Quantised quantise(const RunConfig& config, const Bundle& bundle, const BatchOptions& options);

/// The labelled samples to evaluate on; nothing when the bundle has none. Throws InputError when
/// the configuration names a set that is not there.
std::optional<SampleSet> evaluation_samples(const Bundle& bundle, const RunConfig& config);

/// The integer network instead of the float one, and codes instead of samples of reals.
void replace_network(Bundle& bundle, Quantised quantised);

}  // namespace systole
