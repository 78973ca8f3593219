// adaround_check.h: what AdaRound can work with.
#pragma once

#include "model/quant/adaround.h"

namespace systole {

/// Of a Conv2d or Linear; an absent bias is empty.
const FloatTensor& weight_of(const FloatOp& op);
const FloatTensor& bias_of(const FloatOp& op);

/// Throws InputError, naming the layer, unless `adaround` can take these (its own list of errors,
/// but for the encoding, which `quantize` checks).
void check_rounding(const LayerToRound& layer, const LayerSamples& samples,
                    const RoundingOptions& options);

}  // namespace systole
