// soft_rounding.h: weights between their two nearest codes, and how they are driven to one of them.
#pragma once

#include <cstdint>
#include <vector>

#include "model/quant/tensor_encoding.h"

namespace systole {

/// A weight w of step Δ lies between the codes floor(w / Δ) + zp and the next, both clamped to the
/// range. AdaRound (Nagel et al. 2020, arXiv:2004.10568, equations 22 and 23) puts
///
///   h(v) = clamp(1.2 sigmoid(v) - 0.1, 0, 1)
///
/// of the way from the one to the other. Starts where the soft weight is w itself (or the end of
/// the range, beyond it).
class SoftRounding {
 public:
  /// Throws InputError as `quantize` does.
  SoftRounding(const FloatTensor& weight, const Encoding& encoding);

  /// The soft weights (code - zp) Δ.
  const FloatTensor& soft() const { return soft_; }

  /// lambda sum 1 - |2 h - 1|^beta, which drives every h to 0 or 1 (equation 24).
  struct Penalty {
    double lambda = 0;
    double beta = 2;
  };

  /// One step of Adam (Kingma and Ba 2015, arXiv:1412.6980; 0.9, 0.999, 1e-8) on every v, down the
  /// gradient of an error plus the penalty. `gradient` is the error's, to the soft weights.
  void descend(const FloatTensor& gradient, double rate, const Penalty& penalty, int threads = 1);

  /// The nearer code of every weight: the upper one from h = 1/2.
  IntTensor codes() const;

 private:
  struct Weight {
    std::int32_t low;         ///< The lower code.
    std::int32_t zero_point;  ///< Of the group.
    double step;              ///< Δ of the group.
    bool is_free;             ///< Whether the upper code is another.
    double v = 0;
    double sigmoid = 0;
    double h = 0;
    double mean = 0;    ///< Adam's, of the gradient
    double square = 0;  ///< and of its square.
  };
  void step(Weight& weight, double gradient, double rate, const Penalty& penalty) const;
  void place(Weight& weight, float& soft) const;

  std::vector<Weight> weights_;
  FloatTensor soft_;
  double mean_left_ = 1;    ///< 0.9^t after t steps.
  double square_left_ = 1;  ///< 0.999^t.
};

}  // namespace systole
