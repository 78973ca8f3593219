// add_constant.h: a tensor plus a stored one that is repeated to its shape.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor/tensor.h"

namespace systole {

/// Whether `value` can be repeated to `operand` (without its batch): as NumPy broadcasts, axes
/// aligned at the last, each of value's equal to the operand's or 1, and no more of them.
bool broadcasts_to(const Shape& value, const Shape& operand);

/// For every element of `operand` (without its batch), row-major, the element of `value` [value]
/// that stands there. Precondition: broadcasts_to(value, operand).
std::vector<std::int64_t> broadcast_indices(const Shape& value, const Shape& operand);

/// x + value in float32. x [n, ..]; the shape of `value` broadcasts to x's without the batch.
FloatTensor add_constant(const FloatTensor& x, const FloatTensor& value);

}  // namespace systole
