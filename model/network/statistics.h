// statistics.h: what a network costs and what its tensors hold.
#pragma once

#include <map>
#include <string>

#include "model/network/network.h"
#include "model/network/shapes.h"
#include "model/tensor/int_type.h"

namespace systole {

/// Multiply-accumulates of every convolution and matrix product for a batch; 0 for other ops.
std::map<std::string, std::int64_t> count_macs(const IntNetwork& network, const Shapes& shapes);
std::map<std::string, std::int64_t> count_macs(const FloatNetwork& network, const Shapes& shapes);

/// Elements of weights, biases and constants.
std::int64_t count_parameters(const IntNetwork& network);
std::int64_t count_parameters(const FloatNetwork& network);

/// The smallest and largest element; {0, 0} of an empty tensor.
IntRange value_range(const IntTensor& tensor);

}  // namespace systole
