// words.cpp: checks of memory images, and the order of their bytes.
#include "sim/image/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole {

void check_word_bits(int bits, const Location& where, const std::string& key) {
  if (bits >= 8 && bits <= 1024 && bits % 8 == 0) return;
  throw InputError({.where = where,
                    .key = key,
                    .got = std::to_string(bits),
                    .expected = "a multiple of 8 from 8 to 1024"});
}

void check_image(const MemoryImage& image) {
  const Words& words = image.words;
  const bool is_printable = std::all_of(image.name.begin(), image.name.end(),
                                        [](char c) { return c >= ' ' && c <= '~'; });
  if (!is_printable || image.name.size() > 64) {
    throw InputError({.key = "name of a memory",
                      .got = fmt::format("{} characters", image.name.size()),
                      .expected = "at most 64, all printable ASCII"});
  }
  check_word_bits(words.bits, {}, image.name);
  if (words.bytes.empty() || words.bytes.size() % words.word_bytes() != 0) {
    throw InputError(
        {.key = image.name,
         .got = fmt::format("{} bytes", words.bytes.size()),
         .expected = fmt::format("one word or more of {} bytes each", words.word_bytes())});
  }
  if (image.base >= kAddressLimit || words.count() > kAddressLimit - image.base) {
    throw InputError(
        {.key = image.name,
         .got = fmt::format("{} words from word address {:#x}", words.count(), image.base),
         .expected = "word addresses below 2^32"});
  }
}

void order_bytes(std::span<std::uint8_t> bytes, std::size_t word_bytes, ByteOrder order) {
  if (order == ByteOrder::kLittle) return;
  for (std::size_t at = 0; at + word_bytes <= bytes.size(); at += word_bytes) {
    const std::span<std::uint8_t> word = bytes.subspan(at, word_bytes);
    std::reverse(word.begin(), word.end());
  }
}

std::string describe(const MemoryImage& image) {
  return fmt::format("{}: {} words of {} bits from word address {:#x}", image.name,
                     image.words.count(), image.words.bits, image.base);
}

}  // namespace systole
