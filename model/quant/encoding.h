// encoding.h: scales and zero points from ranges of reals.
#pragma once

#include <cstdint>
#include <vector>

#include "model/ops/quantize.h"
#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// The reals that a tensor holds, [lo, hi].
struct RealRange {
  double lo = 0;
  double hi = 0;

  bool operator==(const RealRange&) const = default;
};

/// Zero point 0 and scale = max(|lo|, |hi|) / (2^(bits-1) - 1); codes are signed. A range of zeros
/// gets scale 1.
Quantizer symmetric_encoding(const RealRange& range, int bits);

/// Zero point 0, unsigned codes, scale = hi / (2^bits - 1), for ranges with lo >= 0.
Quantizer unsigned_encoding(const RealRange& range, int bits);

/// Unsigned codes over the whole range, which is widened to hold 0:
/// scale = (hi - lo) / (2^bits - 1), zero_point = rne(-lo / scale), so 0 is a code exactly. A range
/// of zeros gets scale 1 and zero point 0.
Quantizer affine_encoding(const RealRange& range, int bits);

/// Weights per output channel, the last axis: code = rne(w / scale), scale = max|w| / (2^(bits-1)
/// - 1), so codes are symmetric about 0. A channel of zeros has scale 1.
struct QuantizedWeight {
  IntTensor codes;
  std::vector<double> scales;  ///< One per output channel.
};
QuantizedWeight quantize_weight(const FloatTensor& weight, int bits);

}  // namespace systole
