// i_gelu.h: GELU as a polynomial of degree two in integers, PULP's iGELU.
#pragma once

#include <cstdint>

#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Constants at the operand's step; what I-BERT's -1.769 and 1 become.
struct IGelu {
  std::int32_t b = 0;    ///< In [-65536, 0].
  std::int32_t one = 0;  ///< At least 0.
  bool operator==(const IGelu&) const = default;
};

/// Returns, element by element,
///
///   erf = sgn(x) * (one - (min(|x|, -b) + b)^2)        y = x * floor((one + erf) / 2)
///
/// erf is I-BERT's polynomial (arXiv 2101.01321) with its factor in the step of the result. Source:
/// quantlib's PACTIntegerGELU, Deeploy's GELU_s8_s32. y must fit 32 bits: `i_gelu_bound`.
IntTensor i_gelu(const IntTensor& x, const IGelu& op);

/// The largest |y| for x in `range`, at most 2^62.
std::int64_t i_gelu_bound(const IGelu& op, const IntRange& range);

}  // namespace systole
