// range_observer.cpp: watches a tensor over any number of batches and gives its quantizer's range.
#include "model/quant/range_observer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/config/error.h"
#include "model/network/overloaded.h"
#include "model/quant/kl_entropy.h"
#include "model/quant/percentile.h"
#include "model/quant/range_search.h"

namespace systole {
namespace {

void check_finite(std::span<const float> values, const std::string& name) {
  const auto bad =
      std::find_if(values.begin(), values.end(), [](float v) { return !std::isfinite(v); });
  if (bad != values.end())
    throw InputError({.where = {},
                      .key = name,
                      .got = fmt::format("{} at element {}", *bad, bad - values.begin()),
                      .expected = "finite values for calibration"});
}

/// The range {-clip, clip} or {0, clip} of a symmetric grid.
RealRange clip_range(double clip, const CodeGrid& grid) {
  return {grid.is_signed ? -clip : 0.0, clip};
}

RealRange kl_range(const Magnitudes& seen, const CodeGrid& grid) {
  const bool is_one_sided = seen.extremes.range.lo >= 0 || seen.extremes.range.hi <= 0;
  const bool uses_all_codes = grid.is_affine ? is_one_sided : !grid.is_signed;
  const double clip =
      kl_clip(seen.histogram, std::int64_t{1} << (grid.bits - (uses_all_codes ? 0 : 1)));
  if (!grid.is_affine) return clip_range(clip, grid);
  return {std::max(seen.extremes.range.lo, -clip), std::min(seen.extremes.range.hi, clip)};
}

}  // namespace

RangeObserver::RangeObserver(const RangeMethod& method, std::string name)
    : method_(method), name_(std::move(name)) {
  check_method(method, name_);
  std::visit(Overloaded{[&](const MinMax&) { state_ = Extremes{}; },
                        [&](const MovingAverageMinMax& m) { state_ = MovingExtremes{m.momentum}; },
                        [&](const Sawb&) { state_ = Moments{}; },
                        [&](const LsqStep&) { state_ = Moments{}; },
                        [&](const KlEntropy&) { state_ = Magnitudes{}; },
                        [&](const Percentile&) { state_ = Histogram{}; },
                        [&](const MseSearch&) { state_ = Histogram{}; },
                        [&](const SqnrSearch&) { state_ = Histogram{}; },
                        [&](const Rcf&) { state_ = Histogram{}; }},
             method);
}

void RangeObserver::observe(std::span<const float> values) {
  check_finite(values, name_);
  std::visit([&](auto& state) { state.observe(values); }, state_);
  if (!values.empty()) {
    const double lowest = static_cast<double>(*std::min_element(values.begin(), values.end()));
    lowest_ = total_ == 0 ? lowest : std::min(lowest_, lowest);
  }
  total_ += std::ssize(values);
}

RealRange RangeObserver::range(const CodeGrid& grid) const {
  check_grid(method_, grid, name_);
  if (total_ == 0)
    throw InputError({.where = {},
                      .key = name_,
                      .got = "no values",
                      .expected = "at least one value to calibrate with",
                      .hint = "give calibration samples"});
  const auto histogram = [&]() -> const Histogram& { return std::get<Histogram>(state_); };
  const auto moments = [&]() -> const Moments& { return std::get<Moments>(state_); };
  return std::visit(
      Overloaded{[&](const MinMax&) { return std::get<Extremes>(state_).range; },
                 [&](const MovingAverageMinMax&) { return std::get<MovingExtremes>(state_).range; },
                 [&](const Percentile& m) { return percentile_range(histogram(), m.percent); },
                 [&](const MseSearch&) { return mse_range(histogram(), grid); },
                 [&](const SqnrSearch& m) { return sqnr_range(histogram(), grid, m.clip_weight); },
                 [&](const KlEntropy&) { return kl_range(std::get<Magnitudes>(state_), grid); },
                 [&](const Sawb&) { return clip_range(sawb_clip(moments(), grid.bits), grid); },
                 [&](const LsqStep&) {
                   const double last = largest_code(grid);
                   return clip_range(lsq_step(moments(), last) * last, grid);
                 },
                 [&](const Rcf&) { return rcf_range(histogram(), grid); }},
      method_);
}

}  // namespace systole
