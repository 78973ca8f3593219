// images.h: memory images for other people's readers, and what they hold said in another way.
#pragma once

#include <fmt/format.h>

#include <random>
#include <string>
#include <vector>

#include "sim/image/format.h"

namespace systole::test {

inline constexpr int kWidths[] = {8, 16, 32, 64, 128, 256};
inline constexpr ByteOrder kOrders[] = {ByteOrder::kLittle, ByteOrder::kBig};

/// All ones, 1, 0, the highest bit alone, and `random` random words (seed: the width).
inline MemoryImage sample_image(const std::string& name, int bits, std::uint64_t base,
                                std::size_t random = 12) {
  const auto bytes = static_cast<std::size_t>(bits) / 8;
  MemoryImage image{name, base, {bits, std::vector<std::uint8_t>(bytes * 4)}};
  std::vector<std::uint8_t>& all = image.words.bytes;
  std::fill_n(all.begin(), bytes, std::uint8_t{0xff});
  all[bytes] = 1;
  all.back() = 0x80;
  std::mt19937 generator(static_cast<unsigned>(bits));
  for (std::size_t i = 0; i < random * bytes; ++i)
    all.push_back(static_cast<std::uint8_t>(generator() & 0xff));
  return image;
}

/// Bytes as they lie in a memory, one word after the other.
inline std::string memory_bytes(const Words& words, ByteOrder order) {
  std::string text;
  const std::size_t size = words.word_bytes();
  for (std::size_t i = 0; i < words.count(); ++i)
    for (std::size_t b = 0; b < size; ++b)
      text +=
          static_cast<char>(words.bytes[i * size + (order == ByteOrder::kBig ? size - 1 - b : b)]);
  return text;
}

/// A line per word: its bytes in two digits each, as they lie in a memory.
inline std::string dumped_words(const Words& words, ByteOrder order) {
  std::string text;
  std::size_t count = 0;
  for (const char byte : memory_bytes(words, order))
    text += fmt::format("{:02x}{}", static_cast<unsigned char>(byte),
                        ++count % words.word_bytes() == 0 ? "\n" : "");
  return text;
}

}  // namespace systole::test
