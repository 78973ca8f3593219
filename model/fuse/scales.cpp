// scales.cpp: what scales lose when they become integers.
#include "model/fuse/scales.h"

#include <fmt/format.h>

#include <cmath>

#include "model/config/error.h"

namespace systole {
namespace {

/// Whether the width of a `fixed` scale cuts the real one.
bool is_saturated(double real, std::int64_t scale, const ScaleFormat& format) {
  if (format.kind != ScaleFormat::Kind::kFixed) return false;
  const std::int64_t most = (std::int64_t{1} << (format.bits - 1)) - 1;
  return std::abs(std::trunc(std::ldexp(real, format.frac_bits))) > static_cast<double>(most) &&
         (scale == most || scale == -most - 1);
}

}  // namespace

ScaleReport report_scales(const std::string& op, std::span<const RealChannel> reals,
                          std::span<const MulQuantChannel> channels, const ScaleFormat& format) {
  ScaleReport report{.op = op,
                     .largest_error = largest_scale_error(reals, channels),
                     .reals = {reals.begin(), reals.end()}};
  for (std::size_t c = 0; c < reals.size(); ++c) {
    const auto judge = [&](double real, std::int64_t scale, const char* what) {
      const bool is_zero = real != 0 && scale == 0;
      const bool is_cut = is_saturated(real, scale, format);
      report.zeros += is_zero ? 1 : 0;
      report.saturated += is_cut ? 1 : 0;
      if (format.is_strict && (is_zero || is_cut))
        throw InputError({.key = op,
                          .got = fmt::format("{} {} of channel {}, which {}", what, real, c,
                                             is_zero ? "becomes 0" : "saturates"),
                          .expected = "scales that their integers hold, as strict asks",
                          .hint = "use normalized scales, or more bits"});
    };
    judge(reals[c].scale, channels[c].scale, "scale");
    judge(reals[c].residual_scale, channels[c].residual_scale, "residual scale");
  }
  return report;
}

}  // namespace systole
