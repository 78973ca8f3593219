// mul_shift.h: rescales integers to fixed-point numbers and keeps all their bits.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/ops/mul_quant.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Returns y(r, c) = x(r, c) * scale[c] + bias[c] for x [rows x channels], numbers with `shift[c]`
/// fractional bits. One channel's constants, or one for all. Exact while |x * s| + |b| < 2^63.
Tensor<std::int64_t> mul_shift(const IntTensor& x, const std::vector<MulQuantChannel>& channels);

/// The same values in 32 bits, or nothing when one does not fit.
std::optional<IntTensor> narrow_to_int32(const Tensor<std::int64_t>& wide);

}  // namespace systole
