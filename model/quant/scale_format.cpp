// scale_format.cpp: how real scales become integers.
#include "model/quant/scale_format.h"

namespace systole {

std::vector<MulQuantChannel> to_fixed_point(std::span<const RealChannel> reals,
                                            const ScaleFormat& format,
                                            std::span<const OperandBounds> bounds,
                                            const std::string& op) {
  switch (format.kind) {
    case ScaleFormat::Kind::kNormalized:
      return normalized(reals, format.bits, bounds, op);
    case ScaleFormat::Kind::kFixed:
      return fixed(reals, format.bits, format.frac_bits, bounds, op);
    case ScaleFormat::Kind::kPowerOfTwo:
      break;
  }
  return power_of_two(reals, format.bits, bounds, op);
}

}  // namespace systole
