// elementary.cpp: elementary functions with the same bits on every machine.
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

/// 1 / i! of i = First..First + N - 1.
template <std::size_t N, std::size_t First>
constexpr std::array<double, N> inverse_factorials() {
  std::array<double, N> series = {};
  double factorial = 1;
  for (std::size_t i = 1; i < First + N; ++i) {
    if (i > First) series[i - First - 1] = 1 / factorial;
    factorial *= static_cast<double>(i);
  }
  series[N - 1] = 1 / factorial;
  return series;
}

constexpr auto kExpSeries = inverse_factorials<14, 0>();
/// Of (e^x - 1) / x.
constexpr auto kGrowthSeries = inverse_factorials<21, 1>();

/// 1 / (2 i + 1) of i = 0..10.
constexpr std::array<double, 11> kArtanhSeries = [] {
  std::array<double, 11> series = {};
  for (std::size_t i = 0; i < series.size(); ++i) series[i] = 1 / static_cast<double>(2 * i + 1);
  return series;
}();

/// erf(c) and 2 / sqrt(pi) e^(-c^2) of c = 0..6.
constexpr std::array<double, 7> kErf = {
    0,
    0x1.af767a741088bp-1,
    0x1.fd9ae142795e3p-1,
    0x1.fffd1ac4135f9p-1,
    0x1.ffffff7b91176p-1,
    0x1.fffffffffc9e8p-1,
    1,
};
constexpr std::array<double, 7> kErfSlope = {
    0x1.20dd750429b6dp+0,  0x1.a911f096fbc26p-2,  0x1.529b9e8cf9a1ep-6,  0x1.2408e9ba3327fp-13,
    0x1.10b1488aeb235p-23, 0x1.13af4f04f9998p-36, 0x1.2dc119095729fp-52,
};

/// (erf(c + d) - erf(c)) / d as a series of d, for every c.
constexpr auto kErfSeries = [] {
  std::array<std::array<double, 25>, 7> all = {};
  for (std::size_t c = 0; c < all.size(); ++c) {
    double previous = 0, g = 1;
    for (std::size_t i = 0; i < all[c].size(); ++i) {
      const auto next = static_cast<double>(i + 1);
      all[c][i] = kErfSlope[c] * g / next;
      const double following = -2 * (static_cast<double>(c) * g + previous) / next;
      previous = g;
      g = following;
    }
  }
  return all;
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

double portable_erf(double x) {
  const double size = std::abs(x);
  if (std::isnan(x)) return x;
  if (size >= 6) return std::copysign(1.0, x);
  const double c = std::floor(size + 0.5);
  const double d = size - c;
  const auto i = static_cast<std::size_t>(c);
  return std::copysign(kErf[i] + d * polynomial(kErfSeries[i], d), x);
}

double portable_tanh(double x) {
  const double size = std::abs(x);
  if (std::isnan(x)) return x;
  double y = 1;
  if (size < 0.625) {
    const double growth = 2 * size * polynomial(kGrowthSeries, 2 * size);
    y = growth / (growth + 2);
  } else if (size < 22) {
    y = 1 - 2 / (portable_exp(2 * size) + 1);
  }
  return std::copysign(y, x);
}

}  // namespace systole
