// words.h: the content of a memory as plain values: words of 8 to 1024 bits from a base address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/config/error.h"

namespace systole {

/// Words of one width. Word i is bytes[i * word_bytes() ...], least significant byte first.
struct Words {
  int bits = 8;  ///< Of a word: a multiple of 8 in [8, 1024].
  std::vector<std::uint8_t> bytes;

  std::size_t word_bytes() const { return static_cast<std::size_t>(bits) / 8; }
  std::size_t count() const { return bytes.size() / word_bytes(); }
  std::span<const std::uint8_t> word(std::size_t index) const {
    return std::span(bytes).subspan(index * word_bytes(), word_bytes());
  }
  bool operator==(const Words&) const = default;
};

/// A memory without holes: word i is at the word address `base + i`.
struct MemoryImage {
  std::string name;        ///< At most 64 printable ASCII characters.
  std::uint64_t base = 0;  ///< Word address of the first word.
  Words words;

  bool operator==(const MemoryImage&) const = default;
};

/// Word addresses are below this: what the 32 bits of an address hold.
inline constexpr std::uint64_t kAddressLimit = std::uint64_t{1} << 32;

/// Where the bytes of a word lie in files and memories that have addresses of bytes.
enum class ByteOrder {
  kLittle,  ///< The least significant byte at the lowest address.
  kBig,     ///< The most significant byte at the lowest address.
};

/// Throws InputError at `where`, `key` unless `bits` is a multiple of 8 in [8, 1024].
void check_word_bits(int bits, const Location& where, const std::string& key = "word bits");

/// Throws InputError, whose key is the image's name, unless the image has whole words, one at
/// least, at addresses below kAddressLimit, and a name as said above.
void check_image(const MemoryImage& image);

/// Between the order of `Words` and `order`: turns the bytes of every word round when it is kBig.
void order_bytes(std::span<std::uint8_t> bytes, std::size_t word_bytes, ByteOrder order);

/// "NAME: 3 words of 32 bits from word address 0x10", for comments.
std::string describe(const MemoryImage& image);

}  // namespace systole
