// support.h: images of random words, and the messages of errors.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "sim/image/format.h"
#include "tests/unit/model/support.h"

namespace systole {

inline Words random_words(int bits, std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  Words words{bits, {}};
  for (std::size_t i = 0; i < count * words.word_bytes(); ++i)
    words.bytes.push_back(static_cast<std::uint8_t>(random() & 0xff));
  return words;
}

/// The image that `text` holds, read as file "f".
inline MemoryImage parse(const std::string& text, ImageFormat format, int word_bits,
                         ByteOrder order = ByteOrder::kLittle) {
  return read_image(text, format, "f", word_bits, {.byte_order = order});
}

}  // namespace systole
