// adaround_check.h: what AdaRound can work with.
#pragma once

#include "model/quant/adaround.h"

namespace systole {

/// Throws InputError, naming the layer, unless `adaround` can take these (its own list of errors,
/// but for the encoding, which `quantize` checks).
void check_rounding(const LayerToRound& layer, const LayerSamples& samples,
                    const RoundingOptions& options);

}  // namespace systole
