// round_weights.h: roundings of weights that are learned from what their layers give.
#pragma once

#include <map>
#include <string>

#include "model/quant/adaround.h"
#include "model/quant/encoded_network.h"
#include "model/quant/samples.h"

namespace systole {

/// Replaces the codes of the weights that `options` names, in the order of the network, and says so
/// in `encoded.rounded`: a layer
/// learns on what the layers before it, rounded already, give it, against what it gives in float,
/// behind its batch norm and (without an addition between) its ReLU. At most 512 samples are used,
/// and fewer where a layer's tensors would pass 2^26 elements. Throws InputError, naming the op,
/// when its weight has no integer codes.
void round_weights(EncodedNetwork& encoded, const std::map<std::string, RoundingOptions>& options,
                   const SampleSource& samples, const BatchOptions& batches);

}  // namespace systole
