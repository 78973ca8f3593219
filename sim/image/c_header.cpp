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

/// Takes the layout of write_c_header() line by line.
class Reader {
 public:
  explicit Reader(const ImageSource& source)
      : source_(source), scanner_(source.text, source.file, {{"//", "\n"}}) {}

  MemoryImage read() {
    read_definitions();
    read_array();
    scanner_.expect("#endif");
    if (!scanner_.is_at_end()) scanner_.fail("the end of the file");
    Words& words = image_.words;
    if (words.bytes.empty() || words.bytes.size() != word_count_ * words.word_bytes()) {
      throw InputError(
          {.where = {source_.file},
           .got = fmt::format("{} bytes", words.bytes.size()),
           .expected = fmt::format("{} words of {} bits, one or more", word_count_, words.bits)});
    }
    if (bits_ != words.bits) order_bytes(words.bytes, words.word_bytes(), source_.byte_order);
    check_image(image_);
    return image_;
  }

 private:
  void read_definitions() {
    scanner_.expect("#ifndef");
    const std::string guard(scanner_.take_word());
    prefix_ = guard.substr(0, guard.rfind("_IMAGE_H"));
    scanner_.expect("#define");
    expect_word(prefix_ + "_IMAGE_H");
    scanner_.expect("#include <stdint.h>");
    expect_definition("_WORDS");
    word_count_ = number("words");
    expect_definition("_WORD_BITS");
    expect_word(std::to_string(source_.word_bits));
    expect_definition("_BASE");
    const std::string_view base = scanner_.take_word();
    if (!base.starts_with("0x") || !base.ends_with("u")) fail(base, "0x...u");
    image_.base = parse_number(base.substr(2, base.size() - 3), 16, kAddressLimit - 1,
                               scanner_.where(), "base");
  }

  void read_array() {
    expect_word("static");
    expect_word("const");
    expect_word(fmt::format("uint{}_t", bits_));
    image_.name = scanner_.take_word();
    if (image_.name.empty() || capitals(image_.name) != prefix_) fail(image_.name, prefix_);
    scanner_.expect("[");
    const std::uint64_t elements = number("elements");
    const std::string key = fmt::format("{}[{}]", image_.name, elements);
    scanner_.expect("] __attribute__((aligned(");
    number("alignment");
    scanner_.expect("))) = {");
    const auto size = static_cast<std::size_t>(bits_) / 8;
    std::vector<std::uint8_t>& bytes = image_.words.bytes;
    while (!scanner_.take("}")) {
      const std::string_view word = scanner_.take_word();
      if (!word.starts_with("0x")) fail(word, "0x...");
      append_word(word.substr(2), 4, size, scanner_.where(), bytes);
      scanner_.expect(",");
    }
    if (bytes.size() / size != elements) {
      throw InputError({.where = scanner_.where(),
                        .key = key,
                        .got = fmt::format("{} elements", bytes.size() / size),
                        .expected = std::to_string(elements)});
    }
    scanner_.expect(";");
  }

  [[noreturn]] void fail(std::string_view got, const std::string& expected) {
    throw InputError({.where = scanner_.where(), .got = excerpt(got), .expected = expected});
  }
  void expect_word(const std::string& expected) {
    const std::string_view word = scanner_.take_word();
    if (word != expected) fail(word, expected);
  }
  void expect_definition(const std::string& ending) {
    scanner_.expect("#define");
    expect_word(prefix_ + ending);
  }
  std::uint64_t number(const std::string& key) {
    return parse_number(scanner_.take_word(), 10, kAddressLimit * 128, scanner_.where(), key);
  }

  const ImageSource& source_;
  Scanner scanner_;
  std::string prefix_;
  std::uint64_t word_count_ = 0;
  const int bits_ = element_bits(source_.word_bits);
  MemoryImage image_{"", 0, {source_.word_bits, {}}};
};

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

MemoryImage read_c_header(const ImageSource& source) { return Reader(source).read(); }

}  // namespace systole
