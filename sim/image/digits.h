// digits.h: words and addresses as digits, most significant first.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/config/error.h"

namespace systole {

/// Appends all digits of a word, least significant byte first in `word`; `digit_bits` is 4
/// (hexadecimal, small letters) or 1.
void append_digits(std::span<const std::uint8_t> word, int digit_bits, std::string& text);

/// The inverse: appends the `word_bytes` bytes of a word that has as many digits or fewer, or more
/// zeros in front. Throws InputError at `where`.
void append_word(std::string_view digits, int digit_bits, std::size_t word_bytes,
                 const Location& where, std::vector<std::uint8_t>& bytes);

/// The same, but all digits have to be there: for formats that do not say how wide their words are,
/// and that a file which was cut belongs to, too.
void append_full_word(std::string_view digits, int digit_bits, std::size_t word_bytes,
                      const Location& where, std::vector<std::uint8_t>& bytes);

/// A number without sign, of a radix of at most 16, up to `most`. Throws InputError with `key`.
std::uint64_t parse_number(std::string_view digits, int radix, std::uint64_t most,
                           const Location& where, const std::string& key);

/// At most 20 characters of a file in quotes, for errors: '?' stands for what cannot be printed.
std::string excerpt(std::string_view text);

}  // namespace systole
