// batch.h: samples of a data set as batches for a network.
#pragma once

#include <map>
#include <string>

#include "model/network/network.h"
#include "model/tensor/any_tensor.h"

namespace systole {

using IntTensors = std::map<std::string, IntTensor>;
using FloatTensors = std::map<std::string, FloatTensor>;
using AnyTensors = std::map<std::string, AnyTensor>;

/// The same tensors where all hold integers; throws InputError otherwise.
IntTensors all_integers(const AnyTensors& tensors);

/// Samples [first, first + count) of every tensor; the range must exist.
IntTensors slice_batch(const IntTensors& tensors, std::int64_t first, std::int64_t count);
AnyTensors slice_batch(const AnyTensors& tensors, std::int64_t first, std::int64_t count);

/// The samples of `more` behind those of `all`, which has the same shape but for their number.
template <class T>
void append_batch(Tensor<T>& all, const Tensor<T>& more) {
  all.shape[0] += more.shape[0];
  all.data.insert(all.data.end(), more.data.begin(), more.data.end());
}

/// Reals of a network's inputs as codes, by each input's own quantizer.
IntTensors quantize_inputs(const FloatTensors& reals, const std::vector<NetworkInput>& inputs);

/// Samples as a float network takes them: reals as they are, codes by their input's quantizer.
FloatTensors real_inputs(const AnyTensors& samples, const std::vector<NetworkInput>& inputs);

/// Checks names, shapes (all with one batch size, at least 1), that integers and reals are where
/// the network wants them, that codes are in their type's range and reals finite; throws
/// InputError. Returns the batch size.
std::int64_t check_inputs(const AnyTensors& tensors, const std::vector<NetworkInput>& inputs);
std::int64_t check_inputs(const FloatTensors& tensors, const std::vector<NetworkInput>& inputs);

}  // namespace systole
