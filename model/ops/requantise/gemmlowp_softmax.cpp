// gemmlowp_softmax.cpp: exponentials and a reciprocal in 32-bit fixed point.
#include "model/ops/requantise/gemmlowp_softmax.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <limits>
#include <span>
#include <vector>

#include "model/ops/rounding.h"

namespace systole {
namespace {

constexpr std::int32_t kOne = std::numeric_limits<std::int32_t>::max();  // 1 with 31 bits.
constexpr int kDifferenceBits = 26;  // Fractional bits of differences (Q5.26).
constexpr int kSumIntegerBits = 12;  // Of the sum of exponentials (Q12.19).
constexpr int kCodeBits = 8;         // A code is a share of 1 in units of 1/256.

std::int32_t product(std::int32_t a, std::int32_t b) {
  return saturating_rounding_doubling_high_mul(a, b);
}

/// x * 2^exponent, saturated.
std::int32_t scale_up(std::int32_t x, int exponent) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(
      std::int64_t{x} << exponent, std::numeric_limits<std::int32_t>::min(), kOne));
}

/// exp(x / 2^31) for x in [-1/4, 0): the Taylor polynomial of degree 4 about -1/8.
std::int32_t exp_of_last_quarter(std::int32_t x) {
  constexpr std::int32_t kExpOfCentre = 1895147668;  // exp(-1/8)
  constexpr std::int32_t kThird = 715827883;
  const std::int32_t t = x + (1 << 28);
  const std::int32_t t2 = product(t, t);
  const std::int32_t t3 = product(t2, t);
  const std::int32_t t4 = product(t2, t2);
  const std::int32_t cubic = product(rounding_divide_by_pot(t4, 2) + t3, kThird);
  const std::int32_t tail = rounding_divide_by_pot(cubic + t2, 1);  // t2/2 + t3/6 + t4/24
  return kExpOfCentre + product(kExpOfCentre, t + tail);
}

/// fraction / 2^31 / 2^integer_bits, the fraction in (1/2, 1].
struct Reciprocal {
  std::int32_t fraction;
  int integer_bits;
};

/// 1 / sum of numbers with 31 bits that hold at least one 1.
Reciprocal reciprocal_of_sum(std::span<const std::int32_t> exponentials) {
  std::int64_t total = 0;
  for (const std::int32_t e : exponentials) total += rounding_divide_by_pot(e, kSumIntegerBits);
  // A sum beyond 2^13 is more than 256 times any share: all codes are the lowest either way.
  const auto sum = static_cast<std::uint32_t>(
      std::min<std::int64_t>(total, std::numeric_limits<std::uint32_t>::max()));
  const int leading_zeros = std::countl_zero(sum);
  const std::uint32_t fraction = (sum << leading_zeros) - (1U << 31);
  return {fixed_point_reciprocal(static_cast<std::int32_t>(fraction)),
          kSumIntegerBits - leading_zeros};
}

}  // namespace

std::int32_t fixed_point_exp(std::int32_t x) {
  // exp(-2^(i-2)) with 31 bits.
  constexpr std::array<std::int32_t, 7> kPowers = {1672461947, 1302514674, 790015084, 290630308,
                                                   39332535,   720401,     242};
  constexpr int kQuarterBit = kDifferenceBits - 2;
  if (x == 0) return kOne;
  const std::int32_t quarter = 1 << kQuarterBit;
  const std::int32_t last = (x & (quarter - 1)) - quarter;  // In [-1/4, 0).
  const std::int64_t quarters = std::int64_t{last} - x;     // A multiple of 1/4.
  std::int32_t result = exp_of_last_quarter(last << (31 - kDifferenceBits));
  for (std::size_t i = 0; i < kPowers.size(); ++i) {
    if ((quarters >> (kQuarterBit + i) & 1) != 0) result = product(result, kPowers[i]);
  }
  return result;
}

std::int32_t fixed_point_reciprocal(std::int32_t x) {
  // Newton's method for 1 / d, d = (1 + x) / 2 in [1/2, 1), from the best line; y has 29 bits.
  constexpr std::int32_t k48Over17 = 1515870810;
  constexpr std::int32_t k32Over17 = 1010580540;
  const auto d = static_cast<std::int32_t>((std::int64_t{x} + kOne + 1) >> 1);
  std::int32_t y = k48Over17 + product(d, -k32Over17);
  for (int step = 0; step < 3; ++step) {
    const std::int32_t error = (1 << 29) - product(d, y);
    y += scale_up(product(y, error), 2);
  }
  return scale_up(y, 1);  // Half of y, which now has 31 bits.
}

IntTensor gemmlowp_softmax(const IntTensor& x, const GemmlowpSoftmax& op) {
  assert(op.diff_min <= 0);
  const std::int64_t channels = x.channels();
  IntTensor codes(x.shape);
  std::vector<std::int32_t> exponentials(static_cast<std::size_t>(channels));
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const std::int32_t* in = x.data.data() + row * channels;
    const std::int32_t largest = *std::max_element(in, in + channels);
    std::transform(in, in + channels, exponentials.begin(), [&](std::int32_t code) {
      const std::int32_t difference = code - largest;
      return difference < op.diff_min ? 0 : fixed_point_exp(gemmlowp(difference, op.beta));
    });

    const Reciprocal inverse = reciprocal_of_sum(exponentials);
    std::transform(exponentials.begin(), exponentials.end(), codes.data.begin() + row * channels,
                   [&](std::int32_t exponential) {
                     const std::int64_t share =
                         round_shift(product(inverse.fraction, exponential),
                                     inverse.integer_bits + 31 - kCodeBits, Rounding::kHalfAway);
                     return static_cast<std::int32_t>(
                         std::clamp(share + op.zero_point, op.clamp.lo, op.clamp.hi));
                   });
  }
  return codes;
}

}  // namespace systole
