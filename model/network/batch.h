// batch.h: samples of a data set as batches for a network.
#pragma once

#include <map>
#include <string>

#include "model/network/network.h"

namespace systole {

using IntTensors = std::map<std::string, IntTensor>;
using FloatTensors = std::map<std::string, FloatTensor>;

/// Samples [first, first + count) of every tensor; the range must exist.
IntTensors slice_batch(const IntTensors& tensors, std::int64_t first, std::int64_t count);

/// Codes of a network's inputs as reals, and reals as codes, by each input's own quantizer.
FloatTensors dequantize_inputs(const IntTensors& codes, const std::vector<NetworkInput>& inputs);
IntTensors quantize_inputs(const FloatTensors& reals, const std::vector<NetworkInput>& inputs);

/// Checks names, shapes (all with one batch size, at least 1) and that codes are in their type's
/// range; throws InputError. Returns the batch size.
std::int64_t check_inputs(const IntTensors& tensors, const std::vector<NetworkInput>& inputs);
std::int64_t check_inputs(const FloatTensors& tensors, const std::vector<NetworkInput>& inputs);

}  // namespace systole
