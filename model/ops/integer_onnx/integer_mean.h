// integer_mean.h: means over axes, rounded to integers, PULP's IntegerMean.
#pragma once

#include <vector>

#include "model/tensor/tensor.h"

namespace systole {

/// Which axes a mean is taken over.
struct IntegerMean {
  std::vector<int> axes;   ///< Without the batch, counted from 0, ascending.
  bool keep_axes = false;  ///< They stay, with extent 1.
  bool operator==(const IntegerMean&) const = default;
};

/// Returns floor(sum / n + 1/2) of the n elements along the axes. Source: quantlib's
/// PACTIntegerMean. Exact in 64 bits for sums of at most 2^31 elements of 32 bits.
IntTensor integer_mean(const IntTensor& x, const IntegerMean& op);

/// The result's shape, batch included, for axes that `x` has.
Shape integer_mean_shape(const Shape& x, const IntegerMean& op);

}  // namespace systole
