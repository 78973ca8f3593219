// ranges.h: which integers each tensor of a network can hold, whatever its inputs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/network/network.h"
#include "model/tensor/int_type.h"

namespace systole {

using Ranges = std::map<std::string, IntRange>;

/// Static ranges of all inputs and op outputs: types, clamps, and sums of largest products; {0, 0}
/// of a tensor of reals.
/// Sums are exact bounds and may lie beyond 32 bits; `check_network` judges them.
Ranges value_ranges(const IntNetwork& network);

/// The range of one op's output from those of its operands. `depth`: how many products the sums of
/// an int_batch_matmul have.
IntRange output_range(const IntOp& op, const std::vector<IntRange>& operands,
                      std::int64_t depth = 1);

/// The products per sum of an int_batch_matmul whose first operand has this shape; 1 of other ops.
std::int64_t product_depth(const IntOp& op, const Shape& first_operand);

/// max(|lo|, |hi|).
std::int64_t largest_magnitude(const IntRange& range);

/// What the products of an op take from operand codes in `x`: with the padded pixels, less the zero
/// point.
IntRange array_operand(const IntConv2d& op, const IntRange& x);
IntRange array_operand(const IntMatmul& op, const IntRange& x);

}  // namespace systole
