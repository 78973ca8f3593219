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
  if (op.rule != SoftmaxRule::kQLinear) {
    std::vector<double> powers(n);
    double sum = 0;
    for (std::size_t j = 0; j < n; ++j) sum += powers[j] = portable_exp(differences[j]);
    for (std::size_t j = 0; j < n; ++j) {
      const double share = powers[j] / sum;
      codes[j] = round_to_int32(
          op.rule == SoftmaxRule::kTimes ? share * op.factor : share / op.output_scale,
          Rounding::kHalfEven);
    }
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

/// The channels that count in a row of `channels`: those whose mask is not 0.
std::vector<std::size_t> counted(std::size_t channels, const std::int32_t* mask) {
  std::vector<std::size_t> kept;
  for (std::size_t c = 0; c < channels; ++c)
    if (mask == nullptr || mask[c] != 0) kept.push_back(c);
  return kept;
}

}  // namespace

IntTensor real_softmax(const IntTensor& x, const RealSoftmax& op, const IntTensor* mask) {
  assert(mask == nullptr || op.rule == SoftmaxRule::kTimes);
  assert(mask == nullptr || (mask->shape == Shape{x.shape[0], x.channels()}));
  const auto channels = static_cast<std::size_t>(x.channels());
  const std::int64_t rows_of_item = x.rows() / std::max<std::int64_t>(x.shape[0], 1);
  const auto narrow = [&](std::int64_t code) {
    return static_cast<std::int32_t>(std::clamp(code + op.zero_point, op.clamp.lo, op.clamp.hi));
  };

  IntTensor y(x.shape, narrow(0));
  std::vector<double> differences;
  std::vector<std::int64_t> codes(channels);
  std::vector<std::size_t> kept = counted(channels, nullptr);
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    if (mask != nullptr && row % rows_of_item == 0)
      kept = counted(channels, mask->data.data() + row / rows_of_item * x.channels());
    const std::int32_t* from = x.data.data() + row * x.channels();
    differences.clear();
    if (kept.empty()) {
      differences.assign(channels, 0.0);
    } else {
      std::int32_t largest = from[kept[0]];
      for (const std::size_t c : kept) largest = std::max(largest, from[c]);
      for (const std::size_t c : kept)
        differences.push_back((static_cast<double>(from[c]) - largest) * op.operand_scale);
    }
    shares(differences, op, codes);
    for (std::size_t j = 0; j < differences.size(); ++j) {
      const std::size_t c = kept.empty() ? j : kept[j];
      y[row * x.channels() + static_cast<std::int64_t>(c)] = narrow(codes[j]);
    }
  }
  return y;
}

}  // namespace systole
