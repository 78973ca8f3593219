// records.h: what Intel HEX and S-records share: lines of bytes in two digits each, byte addresses.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/image/words.h"

namespace systole {

/// Data bytes of a record that is written: what most tools write.
inline constexpr std::size_t kRecordBytes = 16;

/// Byte address of the image's first word. Throws InputError when its last byte is past 32 bits.
std::uint64_t first_byte_address(const MemoryImage& image);

/// Two capital hexadecimal digits per byte.
void append_bytes(std::span<const std::uint8_t> bytes, std::string& text);

/// The lowest 8 bits of the sum of all bytes.
std::uint8_t sum(std::span<const std::uint8_t> bytes);

/// The lowest `count` bytes of `value`, the most significant one first.
std::vector<std::uint8_t> big_endian(std::uint64_t value, int count);
/// The inverse, of at most 8 bytes.
std::uint64_t from_big_endian(std::span<const std::uint8_t> bytes);

/// The lines of a file that are not empty, one after the other.
class RecordLines {
 public:
  RecordLines(std::string_view text, std::string file) : rest_(text), file_(std::move(file)) {}

  /// False at the end of the file.
  bool next();
  /// The line that next() went to, without white space at its end.
  std::string_view line() const { return line_; }
  Location where() const { return {file_, number_}; }
  /// The bytes of the line's digits from character `start` on. Throws InputError on other ones.
  std::vector<std::uint8_t> bytes(std::size_t start) const;
  /// Throws InputError at the line; `got` "": an excerpt of it.
  [[noreturn]] void fail(const std::string& got, const std::string& expected) const;

 private:
  std::string_view rest_;
  std::string file_;
  std::string_view line_;
  int number_ = 0;
};

}  // namespace systole
