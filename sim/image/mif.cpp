// mif.cpp: memory initialisation files of Intel's (Altera's) Quartus.
//
// Assignments of WIDTH, DEPTH (words of the memory, not of the file), ADDRESS_RADIX and DATA_RADIX
// in any order, then CONTENT BEGIN, entries, END;. An entry is ADDRESS : WORD WORD ...; for words
// one after another, or [FIRST..LAST] : WORD ...; which repeats them. Comments: -- and % %.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sim/image/digits.h"
#include "sim/image/formats.h"
#include "sim/image/pieces.h"
#include "sim/image/scanner.h"

namespace systole {
namespace {

/// Bytes that ranges may make of few characters, all together.
constexpr std::uint64_t kMostRepeated = std::uint64_t{1} << 26;

std::string upper(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

struct Head {
  std::uint64_t width = 0;
  std::uint64_t depth = 0;
  int address_radix = 16;
  int digit_bits = 4;
};

int radix_of(const std::string& name) {
  if (name == "HEX") return 16;
  if (name == "DEC" || name == "UNS") return 10;
  if (name == "OCT") return 8;
  return name == "BIN" ? 2 : 0;
}

Head read_head(const ImageSource& source, Scanner& scanner) {
  Head head;
  const auto fail = [&](const std::string& key, const std::string& got,
                        const std::string& expected) {
    throw InputError({.where = scanner.where(), .key = key, .got = got, .expected = expected});
  };
  for (std::string key; (key = upper(scanner.take_word())) != "CONTENT";) {
    if (key.empty()) scanner.fail("WIDTH, DEPTH, ADDRESS_RADIX, DATA_RADIX or CONTENT");
    scanner.expect("=");
    const std::string value = upper(scanner.take_word());
    const int radix = radix_of(value);
    if (key == "WIDTH") {
      head.width = parse_number(value, 10, 1024, scanner.where(), key);
    } else if (key == "DEPTH") {
      head.depth = parse_number(value, 10, kAddressLimit, scanner.where(), key);
    } else if (key == "ADDRESS_RADIX") {
      if (radix == 0) fail(key, excerpt(value), "HEX, DEC, UNS, OCT or BIN");
      head.address_radix = radix;
    } else if (key == "DATA_RADIX") {
      if (radix != 16 && radix != 2) fail(key, excerpt(value), "HEX or BIN");
      head.digit_bits = radix == 16 ? 4 : 1;
    } else {
      fail("", excerpt(key), "WIDTH, DEPTH, ADDRESS_RADIX, DATA_RADIX or CONTENT");
    }
    scanner.expect(";");
  }
  if (head.width != static_cast<std::uint64_t>(source.word_bits))
    fail("WIDTH", std::to_string(head.width), std::to_string(source.word_bits));
  if (upper(scanner.take_word()) != "BEGIN") scanner.fail("BEGIN");
  return head;
}

/// Appends words up to ';'; how many bytes.
std::size_t read_words(const Head& head, std::size_t word_bytes, Scanner& scanner,
                       std::vector<std::uint8_t>& bytes) {
  const std::size_t start = bytes.size();
  do {
    const std::string_view word = scanner.take_word();
    if (word.empty()) scanner.fail("a word");
    append_word(word, head.digit_bits, word_bytes, scanner.where(), bytes);
  } while (!scanner.take(";"));
  return bytes.size() - start;
}

/// Repeats the last `given` bytes until they are `wanted`.
void repeat(std::size_t given, std::uint64_t wanted, std::vector<std::uint8_t>& bytes) {
  for (std::uint64_t i = given; i < wanted; ++i) {
    const std::uint8_t again = bytes[bytes.size() - given];
    bytes.push_back(again);
  }
}

}  // namespace

std::string write_mif(const MemoryImage& image) {
  std::string text = fmt::format(
      "-- {}.\nWIDTH = {};\nDEPTH = {};\nADDRESS_RADIX = HEX;\nDATA_RADIX = HEX;\n\nCONTENT "
      "BEGIN\n",
      describe(image), image.words.bits, image.base + image.words.count());
  for (std::size_t i = 0; i < image.words.count(); ++i) {
    text += fmt::format("  {:x} : ", image.base + i);
    append_digits(image.words.word(i), 4, text);
    text += ";\n";
  }
  return text + "END;\n";
}

MemoryImage read_mif(const ImageSource& source) {
  const auto word_bytes = static_cast<std::size_t>(source.word_bits) / 8;
  Scanner scanner(source.text, source.file, {{"--", "\n"}, {"%", "%"}});
  const Head head = read_head(source, scanner);
  const std::uint64_t last_address = std::max<std::uint64_t>(head.depth, 1) - 1;
  Pieces pieces(source.file);
  std::uint64_t repeated = 0;
  for (;;) {
    const bool is_range = scanner.take("[");
    const std::string word = upper(scanner.take_word());
    if (!is_range && word == "END") break;
    if (word.empty()) scanner.fail("an address or END");
    const auto address = [&](std::string_view digits) {
      return parse_number(digits, head.address_radix, last_address, scanner.where(), "address");
    };
    const std::uint64_t first = address(word);
    const int line = scanner.where().line;
    std::uint64_t last = first;
    if (is_range) {
      scanner.expect("..");
      last = address(scanner.take_word());
      scanner.expect("]");
    }
    scanner.expect(":");
    pieces.start(first * word_bytes, line);
    std::vector<std::uint8_t>& bytes = pieces.bytes();
    const std::size_t given = read_words(head, word_bytes, scanner, bytes);
    if (!is_range) continue;

    const std::uint64_t wanted = last < first ? 0 : (last - first + 1) * word_bytes;
    repeated += wanted;
    if (wanted < given || repeated > kMostRepeated) {
      throw InputError(
          {.where = {source.file, line},
           .got = fmt::format("[{:x}..{:x}] for {} words", first, last, given / word_bytes),
           .expected = fmt::format("a range that holds them, of all ranges at most "
                                   "{} bytes",
                                   kMostRepeated)});
    }
    repeat(given, wanted, bytes);
  }
  scanner.expect(";");
  if (!scanner.is_at_end()) scanner.fail("the end of the file");
  return std::move(pieces).image(source.word_bits, ByteOrder::kLittle, head.depth * word_bytes);
}

}  // namespace systole
