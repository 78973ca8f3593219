// slices.h: one memory's words spread over banks and cut into lanes, and put together again.
#pragma once

#include <vector>

#include "sim/image/image_layout.h"
#include "sim/image/words.h"

namespace systole {

/// Slice `bank * lanes + lane`: of the words of `bank` the bits [lane * w, (lane + 1) * w), with w
/// = word_bits / lanes. Every bank has ceil(words / banks) of them; those that are missing are 0.
std::vector<Words> cut_slices(const Words& words, const MemoryLayout& memory);

/// The inverse: `count` words. The slices are as many and as long as cut_slices() gives. Throws
/// InputError where a bank has something else than 0 behind the last word.
Words join_slices(const std::vector<Words>& slices, std::size_t count, const MemoryLayout& memory);

}  // namespace systole
