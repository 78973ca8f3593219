// elementary.cpp: exponential and logarithm with the same bits on every machine.
#include "model/ops/elementary.h"

#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace systole {
namespace {

// ln 2 in two parts: the first has 20 trailing zeros, so that k times it is exact.
constexpr double kLn2High = 0x1.62e42fefp-1;
constexpr double kLn2Low = 0x1.473de6af278edp-34;

/// 1 / i! of i = 0..13.
constexpr std::array<double, 14> kExpSeries = [] {
  std::array<double, 14> series = {1};
  double factorial = 1;
  for (std::size_t i = 1; i < series.size(); ++i)
    series[i] = 1 / (factorial *= static_cast<double>(i));
  return series;
}();

/// 1 / (2 i + 1) of i = 0..10.
constexpr std::array<double, 11> kArtanhSeries = [] {
  std::array<double, 11> series = {};
  for (std::size_t i = 0; i < series.size(); ++i) series[i] = 1 / static_cast<double>(2 * i + 1);
  return series;
}();

/// sum series[i] x^i.
template <std::size_t N>
double polynomial(const std::array<double, N>& series, double x) {
  double sum = 0;
  for (std::size_t i = N; i-- > 0;) sum = sum * x + series[i];
  return sum;
}

}  // namespace

double portable_exp(double x) {
  if (std::isnan(x)) return x;
  if (x < -708) return 0;
  if (x > 709) return std::numeric_limits<double>::infinity();
  const double k = std::floor(x * std::numbers::log2e + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  const auto exponent = static_cast<std::uint64_t>(static_cast<std::int64_t>(k) + 1023);
  return polynomial(kExpSeries, r) * std::bit_cast<double>(exponent << 52);  // Times 2^k.
}

double portable_log(double x) {
  assert(std::isnormal(x) && x > 0);
  int k = 0;
  double m = std::frexp(x, &k);
  if (m < std::numbers::sqrt2 / 2) {
    m *= 2;
    --k;
  }
  const double s = (m - 1) / (m + 1);
  return k * kLn2High + (2 * s * polynomial(kArtanhSeries, s * s) + k * kLn2Low);
}

double portable_pow(double x, double y) { return portable_exp(y * portable_log(x)); }

}  // namespace systole
