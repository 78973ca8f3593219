// range_observer.h: watches a tensor over any number of batches and gives its quantizer's range.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "model/quant/histogram.h"
#include "model/quant/range_methods.h"
#include "model/quant/statistics.h"
#include "model/tensor/tensor.h"

namespace systole {

/// One tensor, or one group of its elements, under one method. Memory does not grow with the
/// number of values. Order of batches: `MovingAverageMinMax` depends on it by definition, `Sawb`
/// and `LsqStep` in the last bits of a double, the others not at all.
class RangeObserver {
 public:
  /// `name` is the tensor's in error messages. Throws InputError on a method's bad parameter.
  RangeObserver(const RangeMethod& method, std::string name);

  /// Throws InputError, and keeps its state, where a value is NaN or infinite; the message holds
  /// the value's index in `values`.
  void observe(std::span<const float> values);

  /// The range for codes of `grid`, as `encode_range` takes it; {0, 0} when all values were 0.
  /// Throws InputError when nothing was observed or the method has no rule for the grid.
  RealRange range(const CodeGrid& grid) const;

  /// The smallest value seen, exact; 0 when nothing was observed.
  double lowest() const { return lowest_; }

 private:
  using State = std::variant<Extremes, MovingExtremes, Moments, Magnitudes, Histogram>;

  RangeMethod method_;
  std::string name_;
  State state_;
  std::int64_t total_ = 0;
  double lowest_ = 0;
};

}  // namespace systole
