// ranges.h: which integers each tensor of a network can hold, whatever its inputs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/network/network.h"
#include "model/tensor/int_type.h"

namespace systole {

using Ranges = std::map<std::string, IntRange>;

/// Static ranges of all inputs and op outputs: types, clamps, and sums of largest products.
/// Sums are exact bounds and may lie beyond 32 bits; `check_network` judges them.
Ranges value_ranges(const IntNetwork& network);

/// The range of one op's output from those of its operands.
IntRange output_range(const IntOp& op, const std::vector<IntRange>& operands);

/// max(|lo|, |hi|).
std::int64_t largest_magnitude(const IntRange& range);

/// The operand of a convolution with the padded pixels.
IntRange with_padding(const IntConv2d& op, const IntRange& x);

}  // namespace systole
