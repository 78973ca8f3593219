// c_header.cpp: a memory as a constant array of C, for firmware.
//
// Elements are words where C has an integer of their width, else bytes. The array is aligned by an
// attribute of GCC and Clang. NAME_BASE is the word address of the first word.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sim/image/digits.h"
#include "sim/image/formats.h"
#include "sim/image/scanner.h"

namespace systole {
namespace {

int element_bits(int word_bits) {
  return has_byte_order(ImageFormat::kCHeader, word_bits) ? 8 : word_bits;
}

std::string capitals(const std::string& name) {
  std::string text = name;
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

void check(const MemoryImage& image, int alignment) {
  const std::string& name = image.name;
  const bool is_identifier =
      !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
      std::all_of(name.begin(), name.end(),
                  [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  if (!is_identifier) {
    throw InputError({.key = "name of a memory",
                      .got = excerpt(name),
                      .expected = "letters, digits and underscores, an identifier of C"});
  }
  if (alignment < 1 || alignment > 4096 || (alignment & (alignment - 1)) != 0) {
    throw InputError({.key = "alignment",
                      .got = std::to_string(alignment),
                      .expected = "a power of two from 1 to 4096"});
  }
}

}  // namespace

std::string write_c_header(const MemoryImage& image, const FormatOptions& options) {
  check(image, options.alignment);
  const Words& words = image.words;
  const int bits = element_bits(words.bits);
  const auto size = static_cast<std::size_t>(bits) / 8;
  std::vector<std::uint8_t> bytes = words.bytes;
  if (bits != words.bits) order_bytes(bytes, words.word_bytes(), options.byte_order);

  const std::string prefix = capitals(image.name);
  std::string text = fmt::format("// {}.\n", describe(image));
  text +=
      fmt::format("#ifndef {0}_IMAGE_H\n#define {0}_IMAGE_H\n\n#include <stdint.h>\n\n", prefix);
  text +=
      fmt::format("#define {0}_WORDS {1}\n#define {0}_WORD_BITS {2}\n#define {0}_BASE {3:#x}u\n\n",
                  prefix, words.count(), words.bits, image.base);
  text += fmt::format("static const uint{}_t {}[{}] __attribute__((aligned({}))) = {{\n", bits,
                      image.name, bytes.size() / size, options.alignment);
  const std::size_t per_line = std::max<std::size_t>(1, 16 / size);
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    const bool is_last = at + size == bytes.size();
    text += at / size % per_line == 0 ? "    0x" : " 0x";
    append_digits(std::span(bytes).subspan(at, size), 4, text);
    text += ",";
    if (is_last || (at / size + 1) % per_line == 0) text += "\n";
  }
  return text + "};\n\n#endif\n";
}

MemoryImage read_c_header(const ImageSource& source) {
  Scanner scanner(source.text, source.file, {{"//", "\n"}});
  const auto fail = [&](const std::string& got, const std::string& expected) {
    throw InputError({.where = scanner.where(), .got = got, .expected = expected});
  };
  const auto expect_word = [&](const std::string& expected) {
    const std::string_view word = scanner.take_word();
    if (word != expected) fail(excerpt(word), expected);
  };
  const auto number = [&](const std::string& key) {
    return parse_number(scanner.take_word(), 10, kAddressLimit * 128, scanner.where(), key);
  };
  scanner.expect("#ifndef");
  const std::string guard(scanner.take_word());
  scanner.expect("#define");
  expect_word(guard);
  const std::string prefix = guard.substr(0, guard.rfind("_IMAGE_H"));
  const auto expect_define = [&](const std::string& key) {
    scanner.expect("#define");
    expect_word(prefix + key);
  };
  scanner.expect("#include <stdint.h>");
  expect_define("_WORDS");
  const std::uint64_t words = number("words");
  expect_define("_WORD_BITS");
  expect_word(std::to_string(source.word_bits));
  expect_define("_BASE");
  std::string_view base = scanner.take_word();
  if (!base.starts_with("0x") || !base.ends_with("u")) fail(excerpt(base), "0x...u");
  base = base.substr(2, base.size() - 3);

  MemoryImage image{"", 0, {source.word_bits, {}}};
  image.base = parse_number(base, 16, kAddressLimit - 1, scanner.where(), "base");
  const int bits = element_bits(source.word_bits);
  expect_word("static");
  expect_word("const");
  expect_word(fmt::format("uint{}_t", bits));
  image.name = scanner.take_word();
  if (image.name.empty() || capitals(image.name) != prefix) fail(excerpt(image.name), prefix);
  scanner.expect("[");
  const std::uint64_t elements = number("elements");
  scanner.expect("] __attribute__((aligned(");
  number("alignment");
  scanner.expect("))) = {");
  std::vector<std::uint8_t>& bytes = image.words.bytes;
  while (!scanner.take("}")) {
    const std::string_view word = scanner.take_word();
    if (!word.starts_with("0x")) fail(excerpt(word), "0x...");
    append_word(word.substr(2), 4, static_cast<std::size_t>(bits) / 8, scanner.where(), bytes);
    scanner.expect(",");
  }
  scanner.expect(";");
  scanner.expect("#endif");
  if (!scanner.is_at_end()) scanner.fail("the end of the file");
  if (bytes.empty() || bytes.size() != words * image.words.word_bytes() ||
      bytes.size() != elements * (static_cast<std::uint64_t>(bits) / 8)) {
    throw InputError({.where = {source.file},
                      .got = fmt::format("{} bytes", bytes.size()),
                      .expected = fmt::format("{} words of {} bits in {} elements, one or more",
                                              words, source.word_bits, elements)});
  }
  if (bits != source.word_bits) order_bytes(bytes, image.words.word_bytes(), source.byte_order);
  check_image(image);
  return image;
}

}  // namespace systole
