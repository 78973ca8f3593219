// raw.cpp: the bytes of a memory and nothing else.
#include <fmt/format.h>

#include "sim/image/formats.h"

namespace systole {

std::string write_raw(const MemoryImage& image, ByteOrder order) {
  std::vector<std::uint8_t> bytes = image.words.bytes;
  order_bytes(bytes, image.words.word_bytes(), order);
  return std::string(bytes.begin(), bytes.end());
}

MemoryImage read_raw(const ImageSource& source) {
  MemoryImage image{"", 0, {source.word_bits, {source.text.begin(), source.text.end()}}};
  const std::size_t word_bytes = image.words.word_bytes();
  if (source.text.empty() || source.text.size() % word_bytes != 0) {
    throw InputError({.where = {source.file},
                      .got = fmt::format("{} bytes", source.text.size()),
                      .expected = fmt::format("one word or more of {} bytes each", word_bytes)});
  }
  order_bytes(image.words.bytes, word_bytes, source.byte_order);
  return image;
}

}  // namespace systole
