// fake_quantize.cpp: a tensor through its quantizer: to reals on the grid, to codes, and back.
#include "model/quant/fake_quantize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/network/overloaded.h"
#include "model/quant/float_format.h"
#include "model/quant/real_rounding.h"

namespace systole {
namespace {

/// x / Δ, and y Δ, in the arithmetic `Real`, with scales as they are held.
template <class Real>
struct Scaling {
  std::vector<Real> scale;
  bool is_step;

  explicit Scaling(const Encoding& encoding) : is_step(encoding.scale_is == ScaleKind::kStep) {
    for (const double value : encoding.scale.data) {
      scale.push_back(static_cast<Real>(value));
      if (!std::isnormal(scale.back()))
        throw InputError({.key = encoding.name,
                          .got = fmt::format("scale {}", value),
                          .expected = "a normal number in float32",
                          .hint = "compute in double"});
    }
  }
  double down(float x, std::int64_t group) const {
    const Real s = scale[static_cast<std::size_t>(group)];
    return is_step ? static_cast<Real>(x) / s : static_cast<Real>(x) * s;
  }
  float up(double y, std::int64_t group) const {
    const Real s = scale[static_cast<std::size_t>(group)];
    return static_cast<float>(is_step ? static_cast<Real>(y) * s : static_cast<Real>(y) / s);
  }
};

/// Calls `run` with the scaling that `arithmetic` asks for.
template <class Run>
auto with_scaling(const Encoding& encoding, Arithmetic arithmetic, Run run) {
  return arithmetic == Arithmetic::kFloat32 ? run(Scaling<float>(encoding))
                                            : run(Scaling<double>(encoding));
}

/// round_real(t, kHalfEven) for every t between integers `lo` and `hi` of at most 32 bits, clamped
/// to them; without a call per element. Beyond 2^52 a double has no fraction left to hold.
double clamped_half_even(double t, double lo, double hi) {
  constexpr double kBeyondFractions = 0x1.8p52;
  const double near = std::min(std::max(t, lo), hi);
  return (near + kBeyondFractions) - kBeyondFractions;
}

/// The most common case: one scale Δ, ties to even, in double.
FloatTensor fake_quantize_by_one(const FloatTensor& x, double step, std::int32_t zero_point,
                                 const IntRange& range) {
  const auto lo = static_cast<double>(range.lo - zero_point);
  const auto hi = static_cast<double>(range.hi - zero_point);
  FloatTensor y(x.shape);
  for (std::int64_t i = 0; i < x.size(); ++i)
    y[i] = static_cast<float>(clamped_half_even(static_cast<double>(x[i]) / step, lo, hi) * step);
  return y;
}

void expect_finite(const FloatTensor& x, const Encoding& encoding) {
  for (std::int64_t i = 0; i < x.size(); ++i)
    if (!std::isfinite(x[i]))
      throw InputError(
          {.key = encoding.name,
           .got = fmt::format("{} at element {}", x[i], to_string(unravel(i, x.shape))),
           .expected = "finite elements"});
}

/// The code, an integer that a double holds.
double code_of(double scaled, std::int32_t zero_point, const IntRange& range, Rounding rounding) {
  return std::clamp(round_real(scaled, rounding) + zero_point, static_cast<double>(range.lo),
                    static_cast<double>(range.hi));
}

}  // namespace

IntTensor quantize(const FloatTensor& x, const Encoding& encoding, Arithmetic arithmetic) {
  const Grouping grouping = check_encoding(encoding, x.shape);
  const IntRange range = code_range(encoding);
  expect_finite(x, encoding);
  IntTensor codes(x.shape);
  with_scaling(encoding, arithmetic, [&](const auto& scaling) {
    for_each_element(grouping, [&](std::int64_t i, std::int64_t g) {
      codes[i] = static_cast<std::int32_t>(
          code_of(scaling.down(x[i], g), encoding.zero_point[g], range, encoding.spec.rounding));
    });
  });
  return codes;
}

FloatTensor dequantize(const IntTensor& codes, const Encoding& encoding, Arithmetic arithmetic) {
  const Grouping grouping = check_encoding(encoding, codes.shape);
  const IntRange range = code_range(encoding);
  FloatTensor x(codes.shape);
  with_scaling(encoding, arithmetic, [&](const auto& scaling) {
    for_each_element(grouping, [&](std::int64_t i, std::int64_t g) {
      if (!range.contains(codes[i]))
        throw InputError({.key = encoding.name,
                          .got = fmt::format("code {} at element {}", codes[i],
                                             to_string(unravel(i, codes.shape))),
                          .expected = fmt::format("a code in [{}, {}]", range.lo, range.hi)});
      x[i] = scaling.up(static_cast<double>(std::int64_t{codes[i]} - encoding.zero_point[g]), g);
    });
  });
  return x;
}

FloatTensor fake_quantize(const FloatTensor& x, const Encoding& encoding, Arithmetic arithmetic) {
  const Grouping grouping = check_encoding(encoding, x.shape);
  expect_finite(x, encoding);
  const auto* integers = std::get_if<IntFormat>(&encoding.spec.format);
  if (integers != nullptr && encoding.scale.size() == 1 && arithmetic == Arithmetic::kDouble &&
      encoding.scale_is == ScaleKind::kStep && encoding.spec.rounding == Rounding::kHalfEven)
    return fake_quantize_by_one(x, encoding.scale[0], encoding.zero_point[0], integers->range());
  FloatTensor y(x.shape);
  with_scaling(encoding, arithmetic, [&](const auto& scaling) {
    const Rounding rounding = encoding.spec.rounding;
    std::visit(Overloaded{[&](const IntFormat& format) {
                            const IntRange range = format.range();
                            for_each_element(grouping, [&](std::int64_t i, std::int64_t g) {
                              const std::int32_t zero = encoding.zero_point[g];
                              y[i] = scaling.up(
                                  code_of(scaling.down(x[i], g), zero, range, rounding) - zero, g);
                            });
                          },
                          [&](const FloatFormat& format) {
                            for_each_element(grouping, [&](std::int64_t i, std::int64_t g) {
                              y[i] = scaling.up(
                                  round_to_float(scaling.down(x[i], g), format, rounding), g);
                            });
                          }},
               encoding.spec.format);
  });
  return y;
}

std::int64_t count_clipped(const FloatTensor& x, const Encoding& encoding) {
  const Grouping grouping = check_encoding(encoding, x.shape);
  const Tensor<double> all = steps(encoding);
  const auto* floats = std::get_if<FloatFormat>(&encoding.spec.format);
  const IntRange codes = floats == nullptr ? code_range(encoding) : IntRange{};
  const double largest = floats == nullptr ? 0 : floats->largest();
  const double lo = floats == nullptr ? static_cast<double>(codes.lo) - 0.5 : -largest;
  const double hi = floats == nullptr ? static_cast<double>(codes.hi) + 0.5 : largest;
  std::int64_t clipped = 0;
  for_each_element(grouping, [&](std::int64_t i, std::int64_t g) {
    const double scaled = static_cast<double>(x[i]) / all[g] + encoding.zero_point[g];
    clipped += scaled < lo || scaled > hi ? 1 : 0;
  });
  return clipped;
}

}  // namespace systole
