// packing.h: integers of 1 to 64 bits side by side in the words of a memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/image/words.h"

namespace systole {

/// Which slot of a word the first of its elements takes.
enum class ElementOrder {
  kFirstLow,   ///< Slot 0, in the least significant bits.
  kFirstHigh,  ///< The last slot, in the most significant bits that slots take.
};

/// How elements lie in words. Slot s of a word is its bits [s * element_bits, (s + 1) *
/// element_bits); a word has slots() of them, and bits above the last one are 0.
struct Packing {
  int word_bits = 32;  ///< A multiple of 8 in [8, 1024].
  /// In [1, min(64, word_bits)], without a sign at most 63: what std::int64_t holds.
  int element_bits = 8;
  bool is_signed = true;  ///< Two's complement.
  ElementOrder order = ElementOrder::kFirstLow;
  bool reverse_bits = false;  ///< Afterwards, bit i of each byte of the word becomes bit 7 - i.
  std::int64_t padding = 0;   ///< An element's value: what slots without an element hold.

  std::size_t slots() const { return static_cast<std::size_t>(word_bits / element_bits); }
  bool operator==(const Packing&) const = default;
};

/// ceil(elements / slots()) words. Throws InputError on widths outside the ranges above, and on an
/// element or a padding outside its width, with index, value and range.
Words pack(std::span<const std::int64_t> elements, const Packing& packing);

/// The inverse: the `count` elements of words that pack() gives. Throws InputError as pack() does,
/// and when there are more or fewer words, or what is not an element is not padding or 0.
std::vector<std::int64_t> unpack(const Words& words, std::size_t count, const Packing& packing);

/// Element `index` of one word, in [0, slots()). `packing` is one that pack() takes.
std::int64_t element_of(std::span<const std::uint8_t> word, std::size_t index,
                        const Packing& packing);

}  // namespace systole
