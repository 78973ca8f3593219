// noise.h: fills a design's memory with seeded noise.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace systole::dut {

/// Overwrites every bit of `memory`, whose words must be as wide as the variables that Verilator
/// keeps them in (8, 16, 32, 64 or a multiple of 32 bits).
template <class Memory>
void fill_with_noise(Memory& memory, std::uint32_t seed) {
  static_assert(std::is_standard_layout_v<Memory> && sizeof(Memory) % sizeof(std::uint32_t) == 0);
  auto* bytes = reinterpret_cast<std::uint8_t*>(&memory);
  std::uint64_t x = seed * 0x9e3779b97f4a7c15u | 1;
  for (std::size_t i = 0; i < sizeof(Memory); i += sizeof(std::uint32_t)) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    const auto word = static_cast<std::uint32_t>(x >> 16);
    std::memcpy(bytes + i, &word, sizeof(word));
  }
}

}  // namespace systole::dut
