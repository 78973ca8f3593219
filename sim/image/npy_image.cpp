// npy_image.cpp: NumPy's .npy files, version 1.0: magic, version, the length of a dictionary in 2
// bytes, the dictionary, padded so that the data begin at a multiple of 64 bytes (here at 128, as
// dictionaries have 57 to 70 characters), the data.
//
// [words] of uint8, uint16, uint32 or uint64 where a word is one of them, else [words, bytes per
// word] of uint8, least significant byte first.
#include <fmt/format.h>

#include "sim/image/formats.h"

namespace systole {
namespace {

constexpr std::size_t kDataStart = 128;
constexpr std::string_view kStart("\x93NUMPY\1\0", 8);

std::string dictionary(std::size_t words, int word_bits) {
  const int bytes = word_bits / 8;
  const bool is_array = bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8;
  const std::string dtype = is_array || bytes == 1 ? "|u1" : fmt::format("<u{}", bytes);
  const std::string shape =
      is_array ? fmt::format("({}, {})", words, bytes) : fmt::format("({},)", words);
  return fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", dtype, shape);
}

}  // namespace

std::string write_npy(const MemoryImage& image) {
  std::string header = dictionary(image.words.count(), image.words.bits);
  header.resize(kDataStart - kStart.size() - 2 - 1, ' ');  // Always longer than the dictionary.
  header += "\n";
  std::string text(kStart);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  text += header;
  text.append(image.words.bytes.begin(), image.words.bytes.end());
  return text;
}

MemoryImage read_npy(const ImageSource& source) {
  const std::string_view text = source.text;
  const auto fail = [&](const std::string& got, const std::string& expected) {
    throw InputError({.where = {source.file}, .got = got, .expected = expected});
  };
  const std::size_t fixed = kStart.size() + 2;
  if (!text.starts_with(kStart) || text.size() < fixed)
    fail("another file", "a .npy file of version 1.0");
  const std::size_t length =
      static_cast<unsigned char>(text[8]) | static_cast<unsigned char>(text[9]) << 8;
  if (length > text.size() - fixed)
    fail(fmt::format("a header of {} bytes", length),
         fmt::format("at most the {} that the file has", text.size() - fixed));

  const std::string_view data = text.substr(fixed + length);
  MemoryImage image{"", 0, {source.word_bits, {data.begin(), data.end()}}};
  const std::size_t word_bytes = image.words.word_bytes();
  if (data.empty() || data.size() % word_bytes != 0)
    fail(fmt::format("{} data bytes", data.size()),
         fmt::format("one word or more of {} bytes each", word_bytes));
  std::string_view header = text.substr(fixed, length);
  header = header.substr(0, header.find_last_not_of(" \n") + 1);
  const std::string expected = dictionary(image.words.count(), source.word_bits);
  if (header != expected) fail(std::string(header.substr(0, 80)), expected + ", for its data");
  return image;
}

}  // namespace systole
