// beat_words.h: the beats of a channel as words of the width of its pins, and files of such words.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/channel/beats.h"

namespace systole {

/// Numbers of one width side by side in a word, the first in the least significant bits.
struct WordField {
  std::string name;
  int bits = 0;
  bool is_signed = false;
  std::int64_t count = 1;

  std::int64_t width() const { return bits * count; }
};

/// What a word holds, from its least significant bit on: the pins of `rtl/systole_core.sv` in their
/// order. Output and tap hold one field more, `columns`: how many elements, from element 0 on,
/// belong to the op; the other ones may have any value.
std::vector<WordField> word_fields(Channel channel, const Geometry& geometry);

/// Bits that the fields take.
std::int64_t count_bits(std::span<const WordField> fields);
/// The same in whole bytes: bits of a word in a file, whose uppermost bits are 0.
std::int64_t file_word_bits(std::span<const WordField> fields);

/// The numbers of the input beat in `beat`, laid out as beats.h says, in the order of its fields.
std::vector<std::int64_t> word_values(Channel channel, const std::uint8_t* beat,
                                      const Geometry& geometry);

/// A file for $readmemh: its beats from address 0 on, then a word of ones, so that one that was cut
/// differs from a whole one.
class BeatFile {
 public:
  /// `title` is a comment on the first line.
  BeatFile(std::string_view title, std::vector<WordField> fields);

  /// Appends a word; as many numbers as the fields have, which keep their lowest bits.
  void add(std::span<const std::int64_t> values);
  std::uint64_t count() const { return count_; }
  /// The whole file.
  std::string finish() &&;

 private:
  std::vector<WordField> fields_;
  std::vector<std::uint8_t> word_;
  std::string text_;
  std::uint64_t count_ = 0;
};

}  // namespace systole
