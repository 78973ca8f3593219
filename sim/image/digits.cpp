// digits.cpp: digit by digit.
#include "sim/image/digits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace systole {
namespace {

/// 16 when `c` is no digit.
unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return 16;
}

}  // namespace

void append_digits(std::span<const std::uint8_t> word, int digit_bits, std::string& text) {
  const unsigned mask = (1U << digit_bits) - 1;
  for (std::size_t i = word.size(); i-- > 0;) {
    for (int shift = 8 - digit_bits; shift >= 0; shift -= digit_bits)
      text += "0123456789abcdef"[word[i] >> shift & mask];
  }
}

void append_word(std::string_view digits, int digit_bits, std::size_t word_bytes,
                 const Location& where, std::vector<std::uint8_t>& bytes) {
  const std::string_view all = digits;
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  const auto radix = 1U << digit_bits;
  const bool are_digits = !all.empty() && std::all_of(digits.begin(), digits.end(), [&](char c) {
    return digit_value(c) < radix;
  });
  const std::size_t per_byte = 8 / static_cast<std::size_t>(digit_bits);
  if (!are_digits || digits.size() > word_bytes * per_byte) {
    throw InputError({.where = where,
                      .got = excerpt(all),
                      .expected = fmt::format("a word of {} bits, in digits of radix {}",
                                              word_bytes * 8, radix)});
  }
  const std::size_t start = bytes.size();
  bytes.resize(start + word_bytes);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const unsigned value = digit_value(digits[digits.size() - 1 - i]);
    std::uint8_t& byte = bytes[start + i / per_byte];
    byte = static_cast<std::uint8_t>(byte | value << (i % per_byte * digit_bits));
  }
}

void append_full_word(std::string_view digits, int digit_bits, std::size_t word_bytes,
                      const Location& where, std::vector<std::uint8_t>& bytes) {
  const std::size_t expected = word_bytes * 8 / static_cast<std::size_t>(digit_bits);
  if (digits.size() != expected) {
    throw InputError({.where = where,
                      .got = fmt::format("{}, {} digits", excerpt(digits), digits.size()),
                      .expected = fmt::format("{} digits for {} bits", expected, word_bytes * 8)});
  }
  append_word(digits, digit_bits, word_bytes, where, bytes);
}

std::uint64_t parse_number(std::string_view digits, int radix, std::uint64_t most,
                           const Location& where, const std::string& key) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [last, error] = std::from_chars(digits.data(), end, value, radix);
  if (error != std::errc() || last != end || value > most) {
    throw InputError(
        {.where = where,
         .key = key,
         .got = excerpt(digits),
         .expected = fmt::format("at most {:#x}, in digits of radix {}", most, radix)});
  }
  return value;
}

std::string excerpt(std::string_view text) {
  std::string shown(text.substr(0, 20));
  for (char& c : shown)
    if (c < ' ' || c > '~') c = '?';
  return fmt::format("'{}{}'", shown, text.size() > 20 ? "..." : "");
}

}  // namespace systole
