// range_encoding.cpp: every group's range, and the scale and zero point that cover it.
#include "model/quant/range_encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"

namespace systole {
namespace {

/// `scale` as `arithmetic` holds it, or 1 where that is no usable scale.
double usable(double scale, Arithmetic arithmetic) {
  if (arithmetic == Arithmetic::kFloat32) {
    const auto single = static_cast<float>(scale);
    return std::isnormal(single) ? single : 1.0;
  }
  return std::isnormal(scale) && std::isnormal(1.0 / scale) ? scale : 1.0;
}

double inverse(double scale, Arithmetic arithmetic) {
  return arithmetic == Arithmetic::kFloat32 ? static_cast<double>(1.0F / static_cast<float>(scale))
                                            : 1.0 / scale;
}

void check_range(const RealRange& range, std::int64_t group, const std::string& name) {
  if (!std::isfinite(range.lo) || !std::isfinite(range.hi) || range.lo > range.hi ||
      !std::isfinite(range.hi - range.lo))
    throw InputError({.key = name,
                      .got = fmt::format("range [{}, {}] of group {}", range.lo, range.hi, group),
                      .expected = "a finite range, smallest first"});
}

/// Δ of symmetric codes.
double symmetric_step(const RealRange& range, const IntFormat& format, SymmetricFit fit) {
  const IntRange codes = format.range();
  const double largest = std::max(-range.lo, range.hi);
  const double high_end = largest / static_cast<double>(codes.hi);
  if (codes.lo == -codes.hi || codes.lo == 0) return high_end;
  switch (fit) {
    case SymmetricFit::kBothEnds:
      return std::max(range.lo / static_cast<double>(codes.lo),
                      range.hi / static_cast<double>(codes.hi));
    case SymmetricFit::kHighEnd:
      return high_end;
    case SymmetricFit::kEvenSteps:
      break;
  }
  return 2 * largest / static_cast<double>(codes.hi - codes.lo);
}

/// Δ and zero point of one range that holds 0.
Quantizer cover(const RealRange& range, const IntFormat& format, Arithmetic arithmetic,
                SymmetricFit fit) {
  const IntRange codes = format.range();
  const auto qlo = static_cast<double>(codes.lo);
  const auto qhi = static_cast<double>(codes.hi);
  if (format.is_symmetric) return {.scale = usable(symmetric_step(range, format, fit), arithmetic)};
  const double scale = usable((range.hi - range.lo) / (qhi - qlo), arithmetic);
  const double zero_point = std::clamp(qlo - std::nearbyint(range.lo / scale), qlo, qhi);
  return {.scale = scale, .zero_point = static_cast<std::int32_t>(zero_point)};
}

Quantizer cover(const RealRange& range, const FloatFormat& format, Arithmetic arithmetic,
                SymmetricFit) {
  return {.scale = usable(std::max(-range.lo, range.hi) / format.largest(), arithmetic)};
}

bool is_unsigned_symmetric(const NumberFormat& format) {
  const auto* f = std::get_if<IntFormat>(&format);
  return f != nullptr && !f->is_signed && f->is_symmetric;
}

}  // namespace

Tensor<RealRange> group_ranges(const FloatTensor& x, const Granularity& granularity,
                               const std::string& name) {
  const Grouping grouping = group(x.shape, granularity, name);
  Tensor<RealRange> ranges(grouping.shape);
  std::vector<bool> is_begun(ranges.data.size(), false);
  for_each_element(grouping, [&](std::int64_t i, std::int64_t g) {
    if (!std::isfinite(x[i]))
      throw InputError(
          {.key = name,
           .got = fmt::format("{} at element {}", x[i], to_string(unravel(i, x.shape))),
           .expected = "finite elements"});
    const auto value = static_cast<double>(x[i]);
    const auto at = static_cast<std::size_t>(g);
    if (!is_begun[at]) ranges[g] = {value, value};
    is_begun[at] = true;
    ranges[g] = {std::min(ranges[g].lo, value), std::max(ranges[g].hi, value)};
  });
  return ranges;
}

Encoding encode_ranges(const std::string& name, const QuantSpec& spec,
                       const Tensor<RealRange>& ranges, Arithmetic arithmetic, SymmetricFit fit,
                       ScaleKind scale_is) {
  check_format(spec.format, name);
  Encoding encoding = {.name = name,
                       .spec = spec,
                       .scale_is = scale_is,
                       .scale = Tensor<double>(ranges.shape),
                       .zero_point = IntTensor(ranges.shape)};
  for (std::int64_t g = 0; g < ranges.size(); ++g) {
    check_range(ranges[g], g, name);
    const RealRange range = {std::min(ranges[g].lo, 0.0), std::max(ranges[g].hi, 0.0)};
    if (range.lo < 0 && is_unsigned_symmetric(spec.format))
      throw InputError({.key = name,
                        .got = fmt::format("{} in group {}", range.lo, g),
                        .expected = "no negative numbers where codes are unsigned and symmetric",
                        .hint = "use signed or affine codes"});
    const Quantizer quantizer = std::visit(
        [&](const auto& format) { return cover(range, format, arithmetic, fit); }, spec.format);
    encoding.scale[g] =
        scale_is == ScaleKind::kStep ? quantizer.scale : inverse(quantizer.scale, arithmetic);
    encoding.zero_point[g] = quantizer.zero_point;
  }
  return encoding;
}

Encoding encode_minmax(const std::string& name, const QuantSpec& spec, const FloatTensor& x,
                       Arithmetic arithmetic) {
  check_format(spec.format, name);
  return encode_ranges(name, spec, group_ranges(x, spec.granularity, name), arithmetic);
}

}  // namespace systole
