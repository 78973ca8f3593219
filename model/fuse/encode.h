// encode.h: decides every quantizer of a float network, as a recipe asks.
#pragma once

#include "model/network/network.h"
#include "model/quant/calibrate.h"
#include "model/quant/encoded_network.h"
#include "model/quant/recipe.h"

namespace systole {

/// Removes ops that pass their operand on, folds and smooths as the recipe says, places quantizers
/// (model/quant/README.md), observes the float network over the samples, and encodes activations
/// and weights. Inputs whose samples are codes keep their own quantizer. Throws InputError, naming
/// tensor and element, where a weight or activation is not finite, and as `resolve_slots`,
/// `smooth`, `calibrate` and `round_weights` do.
EncodedNetwork encode(const FloatNetwork& network, const Recipe& recipe,
                      const SampleSource& samples, const BatchOptions& options = {});

}  // namespace systole
