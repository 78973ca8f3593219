// layer_norm.cpp: two passes over each row, in double.
#include "model/ops/layer_norm.h"

#include <cmath>

namespace systole {

FloatTensor layer_norm(const FloatTensor& x, const FloatTensor& gamma, const FloatTensor& beta,
                       float epsilon) {
  const std::int64_t channels = x.channels();
  assert(gamma.size() == channels && beta.size() == channels);
  FloatTensor y(x.shape);
  for (std::int64_t first = 0; first < x.size(); first += channels) {
    double sum = 0, squares = 0;
    for (std::int64_t c = 0; c < channels; ++c) sum += static_cast<double>(x[first + c]);
    const double mean = sum / static_cast<double>(channels);
    for (std::int64_t c = 0; c < channels; ++c) {
      const double difference = static_cast<double>(x[first + c]) - mean;
      squares += difference * difference;
    }
    const double spread =
        std::sqrt(squares / static_cast<double>(channels) + static_cast<double>(epsilon));
    for (std::int64_t c = 0; c < channels; ++c) {
      const double difference = static_cast<double>(x[first + c]) - mean;
      const double scaled = spread > 0 ? difference / spread : 0;
      y[first + c] =
          static_cast<float>(scaled * static_cast<double>(gamma[c]) + static_cast<double>(beta[c]));
    }
  }
  return y;
}

}  // namespace systole
