// softmax.cpp: three passes over each row, in double.
#include "model/ops/softmax.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "model/ops/elementary.h"

namespace systole {

FloatTensor softmax(const FloatTensor& x) {
  const std::int64_t channels = x.channels();
  FloatTensor y(x.shape);
  std::vector<double> powers(static_cast<std::size_t>(channels));
  for (std::int64_t first = 0; first < x.size(); first += channels) {
    const float* row = x.data.data() + first;
    float largest = -std::numeric_limits<float>::infinity();
    for (std::int64_t c = 0; c < channels; ++c) largest = std::max(largest, row[c]);

    double sum = 0;
    for (std::size_t c = 0; c < powers.size(); ++c)
      sum += powers[c] = portable_exp(double{row[c]} - double{largest});
    std::transform(powers.begin(), powers.end(), y.data.begin() + first,
                   [&](double power) { return static_cast<float>(power / sum); });
  }
  return y;
}

}  // namespace systole
