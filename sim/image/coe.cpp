// coe.cpp: coefficient files of AMD's (Xilinx's) memory generators.
//
// Two statements KEYWORD = VALUE; the radix, and the words from address 0, with commas or white
// space between them. Nothing says how wide they are: here every word has all of its digits, or one
// of another width would pass. A line before, between or after them that begins with ';' is a
// comment.
#include <fmt/format.h>

#include <cctype>

#include "sim/image/digits.h"
#include "sim/image/formats.h"
#include "sim/image/scanner.h"

namespace systole {
namespace {

constexpr const char* kRadix = "memory_initialization_radix";
constexpr const char* kVector = "memory_initialization_vector";

void skip_comments(Scanner& scanner) {
  while (scanner.take(";")) scanner.skip_line();
}

void expect_assignment(const std::string& keyword, Scanner& scanner) {
  skip_comments(scanner);
  std::string word(scanner.take_word());
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (word != keyword) {
    throw InputError(
        {.where = scanner.where(), .got = excerpt(word), .expected = keyword + " = ..."});
  }
  scanner.expect("=");
}

}  // namespace

std::string write_coe(const MemoryImage& image) {
  std::string text = fmt::format("; {}.\n{}=16;\n{}=\n", describe(image), kRadix, kVector);
  for (std::size_t i = 0; i < image.words.count(); ++i) {
    append_digits(image.words.word(i), 4, text);
    text += i + 1 < image.words.count() ? ",\n" : ";\n";
  }
  return text;
}

MemoryImage read_coe(const ImageSource& source) {
  Scanner scanner(source.text, source.file, {});
  expect_assignment(kRadix, scanner);
  const std::string_view radix = scanner.take_word();
  if (radix != "16" && radix != "2") {
    throw InputError(
        {.where = scanner.where(), .key = kRadix, .got = excerpt(radix), .expected = "16 or 2"});
  }
  scanner.expect(";");
  expect_assignment(kVector, scanner);
  MemoryImage image{"", 0, {source.word_bits, {}}};
  do {
    const std::string_view word = scanner.take_word();
    if (word.empty()) scanner.fail("a word");
    append_full_word(word, radix == "16" ? 4 : 1, image.words.word_bytes(), scanner.where(),
                     image.words.bytes);
    scanner.take(",");
  } while (!scanner.take(";"));
  skip_comments(scanner);
  if (!scanner.is_at_end()) scanner.fail("the end of the file");
  return image;
}

}  // namespace systole
