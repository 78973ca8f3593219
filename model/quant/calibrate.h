// calibrate.h: the ranges that the tensors of a float network take over calibration samples.
#pragma once

#include <map>
#include <string>

#include "model/network/batch.h"
#include "model/network/network.h"
#include "model/quant/encoding.h"

namespace systole {

using RealRanges = std::map<std::string, RealRange>;

/// Smallest and largest element of every input and op output while the network runs over `codes`,
/// which are the inputs' codes. Runs in chunks of a few samples, in order. Throws InputError when a
/// tensor is not finite.
RealRanges calibrate(const FloatNetwork& network, const IntTensors& codes);

}  // namespace systole
