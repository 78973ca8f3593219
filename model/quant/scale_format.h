// scale_format.h: how real scales become integers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/ops/fixed_point.h"

namespace systole {

/// How real scales become integers (model/README.md, From real to fixed point).
struct ScaleFormat {
  enum class Kind : std::uint8_t { kNormalized, kFixed, kPowerOfTwo } kind = Kind::kNormalized;
  int bits = 16;       ///< Width of a scale; `fixed`: of a bias before zero points fold in, too.
  int frac_bits = 12;  ///< `fixed` only: the network's one binary point.
  bool is_strict = false;  ///< A scale that becomes 0 or saturates is an error, not a warning.

  bool operator==(const ScaleFormat&) const = default;
};

/// The constants of an op's channels; `bounds` has one entry for all channels or one each. Throws
/// InputError naming op and channel where the format cannot hold them.
std::vector<MulQuantChannel> to_fixed_point(std::span<const RealChannel> reals,
                                            const ScaleFormat& format,
                                            std::span<const OperandBounds> bounds,
                                            const std::string& op);

}  // namespace systole
