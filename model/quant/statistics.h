// statistics.h: what observers keep of the values that they see, beside histograms.
#pragma once

#include <cstdint>
#include <span>

#include "model/quant/encoding.h"
#include "model/quant/histogram.h"

namespace systole {

/// Exact smallest and largest value. Independent of the order of the values.
struct Extremes {
  std::int64_t total = 0;
  RealRange range = {};

  void observe(std::span<const float> values);
};

/// `MovingAverageMinMax` over batches.
struct MovingExtremes {
  double momentum = 0.1;
  std::int64_t total = 0;
  RealRange range = {};

  void observe(std::span<const float> values);
};

/// The histogram of |x| beside the extremes of x. Independent of the order of the values.
struct Magnitudes {
  Extremes extremes = {};
  Histogram histogram = {};

  void observe(std::span<const float> values);
};

/// Sums in double in the order of the values: another order may change the last bits.
struct Moments {
  std::int64_t total = 0;
  double sum_abs = 0;     ///< sum |x|.
  double sum_square = 0;  ///< sum x^2.
  double largest = 0;     ///< max |x|.

  void observe(std::span<const float> values);
};

/// c1 and c2 of `Sawb` for 2..8 bits. 2, 3, 4, 5 and 8 bits: those of its authors' FMS Model
/// Optimizer. None are published for 6 and 7: interpolated linearly between 5 and 8.
struct SawbCoefficients {
  double c1 = 0;
  double c2 = 0;
};
SawbCoefficients sawb_coefficients(int bits);

/// The clip of `Sawb`; max|w| where the formula gives none in (0, max|w|], which it does for values
/// of nearly one magnitude or with rare large ones.
double sawb_clip(const Moments& moments, int bits);

/// The step of `LsqStep`.
double lsq_step(const Moments& moments, double largest_code);

}  // namespace systole
