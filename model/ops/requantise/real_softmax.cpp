// real_softmax.cpp: shares of a row, in double or in ONNX Runtime's integers.
#include "model/ops/requantise/real_softmax.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/ops/elementary.h"
#include "model/ops/requantise/double.h"

namespace systole {
namespace {

/// The codes of one row less their zero point, of the largest code and differences from it.
void shares(const std::vector<double>& differences, const RealSoftmax& op,
            std::vector<std::int64_t>& codes) {
  const std::size_t n = differences.size();
  if (op.rule == SoftmaxRule::kDouble) {
    std::vector<double> powers(n);
    double sum = 0;
    for (std::size_t j = 0; j < n; ++j) sum += powers[j] = portable_exp(differences[j]);
    for (std::size_t j = 0; j < n; ++j)
      codes[j] = round_to_int32(powers[j] / sum / op.output_scale, Rounding::kHalfEven);
    return;
  }
  const double headroom = portable_log((0x1p32 - 1) / static_cast<double>(n));
  std::vector<double> values(n);
  double sum = 0;  // Whole numbers below 2^53: exact.
  for (std::size_t j = 0; j < n; ++j)
    sum += values[j] = std::floor(portable_exp(differences[j] + headroom));
  const double steps = std::floor(1 / op.output_scale);
  const double half = std::floor(sum / 2);
  for (std::size_t j = 0; j < n; ++j)
    codes[j] = static_cast<std::int64_t>(std::floor((values[j] * steps + half) / sum));
}

}  // namespace

IntTensor real_softmax(const IntTensor& x, const RealSoftmax& op) {
  const auto channels = static_cast<std::size_t>(x.channels());
  IntTensor y(x.shape);
  std::vector<double> differences(channels);
  std::vector<std::int64_t> codes(channels);
  for (std::size_t first = 0; first < x.data.size(); first += channels) {
    const auto row = x.data.begin() + static_cast<std::ptrdiff_t>(first);
    const std::int32_t largest = *std::max_element(row, row + x.channels());
    for (std::size_t c = 0; c < channels; ++c)
      differences[c] = (row[static_cast<std::ptrdiff_t>(c)] - largest) * op.operand_scale;
    shares(differences, op, codes);
    for (std::size_t c = 0; c < channels; ++c)
      y.data[first + c] =
          static_cast<std::int32_t>(std::clamp(codes[c] + op.zero_point, op.clamp.lo, op.clamp.hi));
  }
  return y;
}

}  // namespace systole
