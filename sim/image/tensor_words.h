// tensor_words.h: a tensor's elements in the words of a memory, also where one takes several words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/image/packing.h"

namespace systole {

/// Elements wider than a word take several words, which count as one: with kFirstLow the low part
/// comes first, with kFirstHigh the high part.
struct TensorPacking {
  Packing packing;       ///< `word_bits` are the memory's.
  std::size_t beat = 0;  ///< Every `beat` elements a new word begins; 0: nowhere.

  /// Words that are packed as one.
  std::size_t words_per_unit() const;
  /// Of a beat, or of an element where there are none.
  std::size_t words_per_beat() const;
  std::size_t words_for(std::size_t elements) const;
};

/// Throws InputError as pack() does.
Words pack_tensor(std::span<const std::int64_t> elements, const TensorPacking& packing);

/// The inverse, which throws as unpack() does, and where padding between beats is none.
std::vector<std::int64_t> unpack_tensor(const Words& words, std::size_t count,
                                        const TensorPacking& packing);

/// One element of `words`, those of the tensor, which has it.
std::int64_t element_at(std::span<const std::uint8_t> words, std::size_t index,
                        const TensorPacking& packing);

}  // namespace systole
