// gelu.h: Gaussian error linear unit.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/tensor/tensor.h"

namespace systole {

enum class GeluForm : std::uint8_t {
  kErf,   ///< x / 2 * (1 + erf(x / sqrt 2)).
  kTanh,  ///< x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))).
};
inline constexpr std::array<std::string_view, 2> kGeluFormNames = {"erf", "tanh"};

/// Every element in double with our own erf and tanh, rounded once to float32. +infinity stays, a
/// NaN stays, and -infinity (times 0) becomes one.
FloatTensor gelu(const FloatTensor& x, GeluForm form);

}  // namespace systole
