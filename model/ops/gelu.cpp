// gelu.cpp: both forms in double, rounded once.
#include "model/ops/gelu.h"

#include <algorithm>
#include <numbers>

#include "model/ops/elementary.h"

namespace systole {
namespace {

constexpr double kSqrtTwoByPi = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;

/// In (-1, 1): where x stands between nothing and all of it.
double gate(double x, GeluForm form) {
  if (form == GeluForm::kErf) return portable_erf(x / std::numbers::sqrt2);
  return portable_tanh(kSqrtTwoByPi * (x + 0.044715 * (x * x * x)));
}

}  // namespace

FloatTensor gelu(const FloatTensor& x, GeluForm form) {
  FloatTensor y(x.shape);
  std::transform(x.data.begin(), x.data.end(), y.data.begin(), [&](double value) {
    return static_cast<float>(value / 2 * (1 + gate(value, form)));
  });
  return y;
}

}  // namespace systole
