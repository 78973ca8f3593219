// lanes.h: packs the elements of a beat into a port's bits, and back.
//
// A Verilated port is an integer of 8 to 64 bits or an array of 32-bit words: little-endian memory
// in either case, whose bits above the port's width are zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace systole::dut {

namespace detail {

template <unsigned kBits, unsigned kCount>
inline constexpr std::size_t kWords = (kBits * kCount + 63) / 64;

template <unsigned kBits, std::size_t kLane>
inline void insert(std::uint64_t value, std::uint64_t* words) {
  constexpr std::size_t kWord = kLane * kBits / 64;
  constexpr unsigned kOffset = kLane * kBits % 64;
  value &= (std::uint64_t{1} << kBits) - 1;
  words[kWord] |= value << kOffset;
  if constexpr (kOffset + kBits > 64) words[kWord + 1] |= value >> (64 - kOffset);
}

template <unsigned kBits, std::size_t kLane>
inline std::int32_t extract(const std::uint64_t* words) {
  constexpr std::size_t kWord = kLane * kBits / 64;
  constexpr unsigned kOffset = kLane * kBits % 64;
  constexpr unsigned kAbove = 64 - kBits;
  std::uint64_t top;  // The lane in the uppermost bits, ready for the sign-extending shift.
  if constexpr (kOffset + kBits > 64) {
    top = (words[kWord] >> kOffset | words[kWord + 1] << (64 - kOffset)) << kAbove;
  } else {
    top = words[kWord] << (kAbove - kOffset);
  }
  return static_cast<std::int32_t>(static_cast<std::int64_t>(top) >> kAbove);
}

}  // namespace detail

/// Drives `port` with `kCount` lanes of `kBits` bits: lane c is the low bits of element c of
/// `beat`, whose elements are of type `Element`.
template <class Element, unsigned kBits, unsigned kCount, class Port>
inline void pack_lanes(const std::uint8_t* beat, Port& port) {
  std::uint64_t words[detail::kWords<kBits, kCount>] = {};
  static_assert(std::is_trivially_copyable_v<Port> && sizeof(Port) <= sizeof(words));
  if constexpr (kBits == 8 * sizeof(Element)) {
    std::memcpy(words, beat, kCount * sizeof(Element));
  } else {
    [&]<std::size_t... c>(std::index_sequence<c...>) {
      Element elements[kCount];
      std::memcpy(elements, beat, sizeof(elements));
      (detail::insert<kBits, c>(static_cast<std::uint64_t>(elements[c]), words), ...);
    }
    (std::make_index_sequence<kCount>{});
  }
  std::memcpy(&port, words, sizeof(Port));
}

/// Reads `kCount` signed lanes of `kBits` bits from `port` into the 32-bit elements of `beat`.
template <unsigned kBits, unsigned kCount, class Port>
inline void unpack_lanes(const Port& port, std::uint8_t* beat) {
  std::uint64_t words[detail::kWords<kBits, kCount>] = {};
  static_assert(std::is_trivially_copyable_v<Port> && sizeof(Port) <= sizeof(words));
  std::memcpy(words, &port, sizeof(Port));
  if constexpr (kBits == 32) {
    std::memcpy(beat, words, kCount * sizeof(std::int32_t));
  } else {
    [&]<std::size_t... c>(std::index_sequence<c...>) {
      const std::int32_t elements[kCount] = {detail::extract<kBits, c>(words)...};
      std::memcpy(beat, elements, sizeof(elements));
    }
    (std::make_index_sequence<kCount>{});
  }
}

}  // namespace systole::dut
