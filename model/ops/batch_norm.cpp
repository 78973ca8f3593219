// batch_norm.cpp: batch normalisation with trained statistics.
#include "model/ops/batch_norm.h"

#include <cmath>

namespace systole {

FloatTensor batch_norm(const FloatTensor& x, const FloatTensor& gamma, const FloatTensor& beta,
                       const FloatTensor& mean, const FloatTensor& variance, float epsilon) {
  const std::int64_t channels = x.channels();
  assert(gamma.size() == channels && beta.size() == channels);
  assert(mean.size() == channels && variance.size() == channels);

  FloatTensor scale({channels});
  FloatTensor offset({channels});
  for (std::int64_t c = 0; c < channels; ++c) {
    const double a = gamma[c] / std::sqrt(double{variance[c]} + double{epsilon});
    scale[c] = static_cast<float>(a);
    offset[c] = static_cast<float>(beta[c] - mean[c] * a);
  }

  FloatTensor y(x.shape);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    y[i] = x[i] * scale[i % channels] + offset[i % channels];
  }
  return y;
}

}  // namespace systole
