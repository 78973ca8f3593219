// soft_rounding.cpp: weights between their two nearest codes, driven to one of them.
#include "model/quant/soft_rounding.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "model/network/parallel.h"
#include "model/ops/elementary.h"
#include "model/quant/fake_quantize.h"

namespace systole {
namespace {

// h = clamp(kStretch sigmoid + kLowest, 0, 1): zeta = 1.1, gamma = -0.1.
constexpr double kLowest = -0.1;
constexpr double kStretch = 1.2;

constexpr double kMeanDecay = 0.9;
constexpr double kSquareDecay = 0.999;
constexpr double kTiny = 1e-8;

constexpr std::int64_t kPiece = 2048;  // Weights that are one thread's piece of work.

}  // namespace

SoftRounding::SoftRounding(const FloatTensor& weight, const Encoding& encoding)
    : soft_(weight.shape) {
  quantize(weight, encoding);  // For its complaints.
  const IntRange range = std::get<IntFormat>(encoding.spec.format).range();
  const Tensor<double> step = steps(encoding);
  weights_.reserve(weight.data.size());
  for_each_element(check_encoding(encoding, weight.shape), [&](std::int64_t i, std::int64_t g) {
    const auto w = static_cast<double>(weight[i]);
    const double scaled =
        encoding.scale_is == ScaleKind::kStep ? w / encoding.scale[g] : w * encoding.scale[g];
    const double floor = std::floor(scaled);
    const auto code = [&](double rounded) {
      return static_cast<std::int32_t>(std::clamp(rounded + encoding.zero_point[g],
                                                  static_cast<double>(range.lo),
                                                  static_cast<double>(range.hi)));
    };
    const std::int32_t low = code(floor);
    const bool is_free = code(std::ceil(scaled)) != low;
    weights_.push_back(
        {.low = low, .zero_point = encoding.zero_point[g], .step = step[g], .is_free = is_free});
    if (is_free) {
      const double sigmoid = (scaled - floor - kLowest) / kStretch;
      weights_.back().v = portable_log(sigmoid / (1 - sigmoid));
    }
    place(weights_.back(), soft_[i]);
  });
}

void SoftRounding::descend(const FloatTensor& gradient, double rate, const Penalty& penalty,
                           int threads) {
  assert(gradient.shape == soft_.shape);
  mean_left_ *= kMeanDecay;
  square_left_ *= kSquareDecay;
  const std::int64_t pieces = (soft_.size() + kPiece - 1) / kPiece;
  parallel_for(pieces, threads, [&](std::int64_t piece) {
    const std::int64_t end = std::min((piece + 1) * kPiece, soft_.size());
    for (std::int64_t i = piece * kPiece; i < end; ++i) {
      Weight& weight = weights_[static_cast<std::size_t>(i)];
      if (!weight.is_free) continue;
      step(weight, static_cast<double>(gradient[i]), rate, penalty);
      place(weight, soft_[i]);
    }
  });
}

/// Moves v of one weight.
void SoftRounding::step(Weight& weight, double gradient, double rate,
                        const Penalty& penalty) const {
  double slope = gradient * weight.step;
  const double distance = 2 * weight.h - 1;  // From the middle.
  if (penalty.lambda > 0 && std::isnormal(distance))
    slope -= std::copysign(
        2 * penalty.lambda * penalty.beta * portable_pow(std::abs(distance), penalty.beta - 1),
        distance);
  const bool is_inside = weight.h > 0 && weight.h < 1;
  slope *= is_inside ? kStretch * weight.sigmoid * (1 - weight.sigmoid) : 0;

  weight.mean = kMeanDecay * weight.mean + (1 - kMeanDecay) * slope;
  weight.square = kSquareDecay * weight.square + (1 - kSquareDecay) * slope * slope;
  const double mean = weight.mean / (1 - mean_left_);
  const double square = weight.square / (1 - square_left_);
  weight.v -= rate * mean / (std::sqrt(square) + kTiny);
}

IntTensor SoftRounding::codes() const {
  IntTensor codes(soft_.shape);
  std::ranges::transform(weights_, codes.data.begin(), [](const Weight& weight) {
    return weight.low + (weight.is_free && weight.h >= 0.5 ? 1 : 0);
  });
  return codes;
}

/// Finds h and the soft weight from v.
void SoftRounding::place(Weight& weight, float& soft) const {
  if (weight.is_free) {
    weight.sigmoid = 1 / (1 + portable_exp(-weight.v));
    weight.h = std::clamp(kStretch * weight.sigmoid + kLowest, 0.0, 1.0);
  }
  soft = static_cast<float>((weight.low - weight.zero_point + weight.h) * weight.step);
}

}  // namespace systole
