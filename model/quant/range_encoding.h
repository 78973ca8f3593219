// range_encoding.h: every group's range, and the scale and zero point that cover it.
#pragma once

#include <cstdint>
#include <string>

#include "model/quant/encoding.h"
#include "model/quant/tensor_encoding.h"

namespace systole {

/// Smallest and largest element of every group of x; of an empty group, zeros. Throws InputError,
/// naming `name`, when an element is not finite or the groups do not fit the tensor.
Tensor<RealRange> group_ranges(const FloatTensor& x, const Granularity& granularity,
                               const std::string& name);

/// How symmetric codes [qlo, qhi] cover a range [lo, hi] that holds 0. Where they differ is
/// -2^(n-1), the code without a positive twin; of narrow and of unsigned codes all are the same.
enum class SymmetricFit : std::uint8_t {
  kBothEnds,  ///< Δ = max(lo / qlo, hi / qhi): both ends are within the codes (AIMET).
  kHighEnd,   ///< Δ = max|x| / qhi: the largest magnitude is a code of either sign.
  kEvenSteps  ///< Δ = 2 max|x| / (2^n - 1): max|x| is half a step beyond qhi (Torch2Chip).
};

/// Scales and zero points of groups with these ranges; each range is first widened to
/// hold 0, and codes are [qlo, qhi].
///
///   symmetric:  Δ as `fit` says
///   affine:     Δ = (hi - lo) / (qhi - qlo), zero_point = qlo - rne(lo / Δ)
///   float:      Δ = max|x| / the format's largest number
///
/// in double, and held as Δ or as 1 / Δ (the arithmetic's own inverse of it); kFloat32 rounds Δ to
/// float32 once, which is AIMET's scale bit for bit, and computes the zero point from it. A group
/// of zeros, and one whose Δ would be too small to be a normal number of the arithmetic, has scale
/// 1 and the zero point of 0. Throws InputError when a range is not finite, is upside down, or is
/// negative where codes are unsigned and symmetric.
Encoding encode_ranges(const std::string& name, const QuantSpec& spec,
                       const Tensor<RealRange>& ranges, Arithmetic arithmetic = Arithmetic::kDouble,
                       SymmetricFit fit = SymmetricFit::kBothEnds,
                       ScaleKind scale_is = ScaleKind::kStep);

/// encode_ranges of group_ranges: the min-max method on one tensor.
Encoding encode_minmax(const std::string& name, const QuantSpec& spec, const FloatTensor& x,
                       Arithmetic arithmetic = Arithmetic::kDouble);

}  // namespace systole
