// inputs.h: the codes that a run feeds to the network.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "flows/cli/run_config.h"
#include "model/network/bundle.h"
#include "model/network/network.h"

namespace systole {

struct Inputs {
  AnyTensors tensors;  ///< By input name, batch first.
  std::string text;    ///< "4 of the samples 'test'".
};

/// The shape of `count` samples of `shape`.
Shape batched(std::int64_t count, const Shape& shape);

/// The codes that may be drawn for an input: the type's, and where the input is ids those that
/// every table it feeds has.
IntRange drawable_codes(const IntNetwork& network, const NetworkInput& input);

/// Inputs for `network` as `options` say; `samples` are its bundle's, in the codes of `network`.
/// Throws InputError: no such set, a file of the wrong shape or range.
Inputs make_inputs(const IntNetwork& network, const std::map<std::string, SampleSet>& samples,
                   const InputOptions& options);

/// Codes that drive clamps and accumulators to their ends, `count` samples of each input: all
/// lowest, all highest, all zero point, two checkerboards (reals: -1, 1, 0), then per output
/// channel of the first convolution the images that give its largest and its smallest sum in the
/// middle.
AnyTensors corner_inputs(const IntNetwork& network, std::int64_t count);

}  // namespace systole
