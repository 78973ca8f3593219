// dice.h: what is drawn for one case of the fuzzer; the same on every machine.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iterator>

namespace systole {

/// The splitmix64 sequence (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014). No distribution of the standard library: those differ between libraries.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t number) : state_(mix(seed) + number) { next(); }

  /// In [lo, hi], which holds fewer than 2^63 integers.
  std::int64_t between(std::int64_t lo, std::int64_t hi) {
    return lo + static_cast<std::int64_t>(next() % (static_cast<std::uint64_t>(hi - lo) + 1));
  }
  bool percent(int chance) { return between(0, 99) < chance; }

  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return *(choices.begin() + between(0, std::ssize(choices) - 1));
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15U); }

  std::uint64_t state_;
};

}  // namespace systole
