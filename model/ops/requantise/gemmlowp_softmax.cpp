// gemmlowp_softmax.cpp: exponentials and a reciprocal in 32-bit fixed point.
#include "model/ops/requantise/gemmlowp_softmax.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace systole {
namespace {

constexpr std::int32_t kOne = std::numeric_limits<std::int32_t>::max();  // 1 with 31 bits.
constexpr int kDifferenceBits = 26;  // Fractional bits of differences (Q5.26).
constexpr int kSumIntegerBits = 12;  // Of the sum of exponentials (Q12.19).

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

}  // namespace

std::int32_t fixed_point_exp(std::int32_t x) {
  // exp(-2^(i-2)) with 31 bits.
  constexpr std::array<std::int32_t, 7> kPowers = {1672461947, 1302514674, 790015084, 290630308,
                                                   39332535,   720401,     242};
  constexpr int kQuarterBit = kDifferenceBits - 2;
  if (x == 0) return kOne;
  const std::int32_t quarter = 1 << kQuarterBit;
  const std::int32_t last = (x & (quarter - 1)) - quarter;  // In [-1/4, 0).
  const std::int32_t quarters = last - x;                   // A multiple of 1/4.
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
  const std::int64_t channels = x.channels();
  IntTensor codes(x.shape);
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const std::int32_t* in = x.data.data() + row * channels;
    const std::int32_t largest = *std::max_element(in, in + channels);
    const auto exponential = [&](std::int64_t c) {
      return fixed_point_exp(gemmlowp(in[c] - largest, op.beta));
    };

    std::int32_t sum = 0;
    for (std::int64_t c = 0; c < channels; ++c) {
      if (in[c] - largest < op.diff_min) continue;
      sum += rounding_divide_by_pot(exponential(c), kSumIntegerBits);
    }
    // sum = (1 + fraction) * 2^(integer bits).
    const int leading_zeros = std::countl_zero(static_cast<std::uint32_t>(sum));
    const int integer_bits = kSumIntegerBits - leading_zeros;
    const std::uint32_t fraction = (static_cast<std::uint32_t>(sum) << leading_zeros) - (1U << 31);
    const std::int32_t reciprocal = fixed_point_reciprocal(static_cast<std::int32_t>(fraction));

    for (std::int64_t c = 0; c < channels; ++c) {
      std::int64_t code = op.zero_point;
      if (in[c] - largest >= op.diff_min)
        code += rounding_divide_by_pot(product(reciprocal, exponential(c)), integer_bits + 31 - 8);
      codes[row * channels + c] =
          static_cast<std::int32_t>(std::clamp(code, op.clamp.lo, op.clamp.hi));
    }
  }
  return codes;
}

}  // namespace systole
