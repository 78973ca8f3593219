// encode.h: decides every quantizer of a float network, as a recipe asks.
#pragma once

#include "model/network/network.h"
#include "model/quant/calibrate.h"
#include "model/quant/encoded_network.h"
#include "model/quant/recipe.h"

namespace systole {

/// Removes ops that pass their operand on, places quantizers (model/fuse/README: behind every fused
/// group, and where the recipe's slots say so), observes the float network over the samples, and
/// encodes activations and weights. Inputs whose samples are codes keep their own quantizer. Throws
/// InputError, naming tensor and element, where a weight or activation is not finite, and as
/// `resolve_slots` and `calibrate` do.
EncodedNetwork encode(const FloatNetwork& network, const Recipe& recipe,
                      const SampleSource& samples, const BatchOptions& options = {});

}  // namespace systole
