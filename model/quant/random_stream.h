// random_stream.h: random numbers as a function of their index: the same for any order of asking.
#pragma once

#include <cstdint>

namespace systole {

/// SplitMix64's output function (Steele, Lea, Flood 2014, doi:10.1145/2714064.2660195): a bijection
/// of 64 bits whose outputs for successive multiples of an odd constant pass as random.
constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// Stream `number` of the streams of `seed`.
class RandomStream {
 public:
  RandomStream(std::uint32_t seed, std::uint32_t number)
      : key_(mix_bits((std::uint64_t{seed} << 32 | number) + kStep)) {}

  /// Element `index`: 32 bits, evenly spread.
  std::uint32_t at(std::uint64_t index) const {
    return static_cast<std::uint32_t>(mix_bits(key_ + (index + 1) * kStep) >> 32);
  }

  /// Element `index` as a number in [0, count), count in [1, 2^32].
  std::int64_t below(std::int64_t count, std::uint64_t index) const {
    return static_cast<std::int64_t>(std::uint64_t{at(index)} * static_cast<std::uint64_t>(count) >>
                                     32);
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
  std::uint64_t key_;
};

}  // namespace systole
