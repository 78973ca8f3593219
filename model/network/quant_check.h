// quant_check.h: the bounds of one requantisation; private to model/network/.
#pragma once

#include <string>

#include "model/network/network.h"
#include "model/tensor/int_type.h"

namespace systole {

/// Residual operands, zero points and clamps are 17 bits signed.
inline constexpr IntType kQuantOperand = {.bits = 17};

/// `acc` bounds |acc|; `residual` holds the residual operand. Throws InputError at `key`.
void check_quant(const std::string& key, const MulQuant& quant, std::int64_t acc,
                 const IntRange& residual, const IntType& output);

/// |x| * |s| + |b| of every channel fits 32 bits signed.
void check_shift(const std::string& key, const std::vector<MulQuantChannel>& channels,
                 std::int64_t x);

}  // namespace systole
