// score_softmax.cpp: the steps of a row in float32 or float64, each rounded by itself.
#include "model/ops/requantise/score_softmax.h"

#include <algorithm>
#include <cmath>

#include "model/ops/add_constant.h"
#include "model/ops/elementary.h"

namespace systole {
namespace {

/// Added to a score that is left out: float32's lowest number.
constexpr double kLeftOut = -3.4028234663852886e38;

/// A constant of every position of an item, repeated.
struct Addend {
  const FloatTensor& value;
  std::vector<std::int64_t> places;  ///< Empty: nothing is added.

  Addend(const FloatTensor& constant, const Shape& item)
      : value(constant),
        places(constant.shape.empty() ? std::vector<std::int64_t>{}
                                      : broadcast_indices(constant.shape, item)) {}

  template <class Real>
  Real add_to(Real t, std::int64_t position) const {
    return places.empty() ? t : t + Real{value[places[static_cast<std::size_t>(position)]]};
  }
};

/// The codes of one row of scores `t`, which become powers.
template <class Real>
void shares(std::vector<Real>& t, std::int32_t factor, std::int32_t* codes) {
  const Real largest = *std::max_element(t.begin(), t.end());
  double wide_sum = 0;
  for (Real& score : t) {
    const Real difference = score - largest;
    score = static_cast<Real>(portable_exp(double{difference}));
    wide_sum += double{score};
  }
  const auto sum = static_cast<Real>(wide_sum);
  for (const Real power : t) {
    const Real share = power / sum;
    const Real product = share * static_cast<Real>(factor);
    *codes++ = product > 0 ? static_cast<std::int32_t>(std::nearbyint(product)) : 0;  // NaN: 0.
  }
}

template <class Real>
IntTensor codes_of(const IntTensor& sums, const ScoreSoftmax& op, const IntTensor* mask) {
  const std::size_t rank = sums.shape.size();
  const std::int64_t keys = sums.channels();
  const std::int64_t positions = sums.shape[rank - 2] * keys;  // Of [q, k].
  const Shape item_shape(sums.shape.begin() + 1, sums.shape.end());
  const std::int64_t item_size = element_count(item_shape);
  const Addend bias_table(op.relative_bias, item_shape), window(op.window_mask, item_shape);
  const auto down = static_cast<Real>(std::ldexp(1.0, -op.shift));
  const auto of_position = [&](const std::vector<float>& constants, std::int64_t position) {
    return Real{constants[constants.size() == 1 ? 0 : static_cast<std::size_t>(position)]};
  };

  IntTensor codes(sums.shape);
  std::vector<Real> t(static_cast<std::size_t>(keys));
  for (std::int64_t first = 0; first < sums.size(); first += keys) {
    const std::int64_t item = first / item_size;
    const std::int64_t in_item = first % item_size;
    const std::int64_t in_matrix = first % positions;
    for (std::int64_t k = 0; k < keys; ++k) {
      const Real product =
          static_cast<Real>(sums[first + k]) * of_position(op.scale, in_matrix + k);
      const Real sum = product + of_position(op.bias, in_matrix + k);
      Real score = sum * down;
      score = bias_table.add_to(score, in_item + k);
      score = window.add_to(score, in_item + k);
      if (mask != nullptr) {
        const Real left_out = 1 - static_cast<Real>((*mask)[item * keys + k]);
        const Real lowest = left_out * static_cast<Real>(kLeftOut);
        score = score + lowest;
      }
      t[static_cast<std::size_t>(k)] = score;
    }
    shares(t, op.factor, codes.data.data() + first);
  }
  return codes;
}

}  // namespace

IntTensor score_softmax(const IntTensor& sums, const ScoreSoftmax& op, const IntTensor* mask) {
  assert(sums.shape.size() >= 3);
  assert(mask == nullptr || (mask->shape == Shape{sums.shape[0], sums.channels()}));
  return op.is_double ? codes_of<double>(sums, op, mask) : codes_of<float>(sums, op, mask);
}

}  // namespace systole
