// records.cpp: lines to bytes and back.
#include "sim/image/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sim/image/digits.h"

namespace systole {

std::uint64_t first_byte_address(const MemoryImage& image) {
  const std::uint64_t first = image.base * image.words.word_bytes();
  if (first + image.words.bytes.size() <= kAddressLimit) return first;
  throw InputError(
      {.key = image.name,
       .got = fmt::format("{} bytes from byte address {:#x}", image.words.bytes.size(), first),
       .expected = "byte addresses below 2^32, which the format's 32 bits hold"});
}

void append_bytes(std::span<const std::uint8_t> bytes, std::string& text) {
  for (const std::uint8_t byte : bytes) {
    text += "0123456789ABCDEF"[byte >> 4];
    text += "0123456789ABCDEF"[byte & 15];
  }
}

std::uint8_t sum(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint8_t>(std::accumulate(bytes.begin(), bytes.end(), 0U) & 0xff);
}

std::vector<std::uint8_t> big_endian(std::uint64_t value, int count) {
  std::vector<std::uint8_t> bytes;
  for (int i = count; i-- > 0;) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i) & 0xff));
  return bytes;
}

std::uint64_t from_big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

bool RecordLines::next() {
  do {
    if (rest_.empty()) return false;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    line_ = line_.substr(0, line_.find_last_not_of(" \t\r") + 1);
    ++number_;
  } while (line_.empty());
  return true;
}

std::vector<std::uint8_t> RecordLines::bytes(std::size_t start) const {
  const std::string_view digits = line_.substr(std::min(start, line_.size()));
  if (digits.size() % 2 != 0) fail("", "two digits for each byte");
  std::vector<std::uint8_t> bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t at = 0; at < digits.size(); at += 2)
    append_word(digits.substr(at, 2), 4, 1, where(), bytes);
  return bytes;
}

void RecordLines::fail(const std::string& got, const std::string& expected) const {
  throw InputError(
      {.where = where(), .got = got.empty() ? excerpt(line_) : got, .expected = expected});
}

}  // namespace systole
