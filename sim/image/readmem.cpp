// readmem.cpp: files for Verilog's $readmemh and $readmemb.
//
// Words of digits between white space and comments of C++; @HEX is the word address of what
// follows. Verilog also takes words of fewer digits; here every word has all of its digits, or a
// file that was cut would be another one. x and z are no values.
#include <fmt/format.h>

#include "sim/image/digits.h"
#include "sim/image/formats.h"
#include "sim/image/pieces.h"
#include "sim/image/scanner.h"

namespace systole {

std::string write_readmem(const MemoryImage& image, int digit_bits) {
  std::string text = fmt::format("// {}.\n@{:x}\n", describe(image), image.base);
  const std::size_t line =
      image.words.word_bytes() * (8 / static_cast<std::size_t>(digit_bits)) + 1;
  text.reserve(text.size() + image.words.count() * line);
  for (std::size_t i = 0; i < image.words.count(); ++i) {
    append_digits(image.words.word(i), digit_bits, text);
    text += '\n';
  }
  return text;
}

MemoryImage read_readmem(const ImageSource& source, int digit_bits) {
  const auto word_bytes = static_cast<std::size_t>(source.word_bits) / 8;
  Scanner scanner(source.text, source.file, {{"//", "\n"}, {"/*", "*/"}});
  Pieces pieces(source.file);
  std::string digits;
  while (!scanner.is_at_end()) {
    if (scanner.take("@")) {
      const std::uint64_t address =
          parse_number(scanner.take_word(), 16, kAddressLimit - 1, scanner.where(), "address");
      pieces.start(address * word_bytes, scanner.where().line);
      continue;
    }
    const std::string_view word = scanner.take_word();
    if (word.empty()) scanner.fail("a word, an address or a comment");
    digits.clear();
    for (const char c : word)
      if (c != '_') digits += c;
    if (!pieces.is_started()) pieces.start(0, scanner.where().line);
    append_full_word(digits, digit_bits, word_bytes, scanner.where(), pieces.bytes());
  }
  return std::move(pieces).image(source.word_bits, ByteOrder::kLittle, kAddressLimit * word_bytes);
}

}  // namespace systole
