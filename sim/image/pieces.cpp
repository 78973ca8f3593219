// pieces.cpp: sorts by address and looks for overlaps and holes.
#include "sim/image/pieces.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole {

void Pieces::start(std::uint64_t address, int line) {
  close();
  pieces_.push_back({address, bytes_.size(), 0, line});
}

void Pieces::close() {
  if (!pieces_.empty()) pieces_.back().size = bytes_.size() - pieces_.back().first;
}

MemoryImage Pieces::image(int word_bits, ByteOrder order, std::uint64_t limit) && {
  close();
  const std::uint64_t word_bytes = static_cast<std::uint64_t>(word_bits) / 8;
  const auto fail = [&](const Piece& piece, std::uint64_t address, const std::string& got,
                        const std::string& expected) {
    const std::string key =
        fmt::format("word address {:#x} (byte {:#x})", address / word_bytes, address);
    throw InputError({.where = {file_, piece.line}, .key = key, .got = got, .expected = expected});
  };
  if (pieces_.empty())
    throw InputError({.where = {file_}, .got = "no data", .expected = "one word or more"});
  std::stable_sort(pieces_.begin(), pieces_.end(),
                   [](const Piece& a, const Piece& b) { return a.address < b.address; });
  const std::uint64_t base = pieces_.front().address;
  if (base % word_bytes != 0)
    fail(pieces_.front(), base, "data within a word", "its first byte, too");

  MemoryImage image{"", base / word_bytes, {word_bits, {}}};
  image.words.bytes.reserve(bytes_.size());
  for (const Piece& piece : pieces_) {
    const std::uint64_t next = base + image.words.bytes.size();
    if (piece.size == 0) fail(piece, piece.address, "an address without data", "data");
    if (piece.address < next) fail(piece, piece.address, "data a second time", "it once");
    if (piece.address > next) fail(piece, next, "no data", "data for every word up to this line's");
    if (piece.address > limit || piece.size > limit - piece.address)
      fail(piece, piece.address, fmt::format("{} bytes", piece.size),
           fmt::format("byte addresses below {:#x}", limit));
    const auto first = bytes_.begin() + static_cast<std::ptrdiff_t>(piece.first);
    image.words.bytes.insert(image.words.bytes.end(), first,
                             first + static_cast<std::ptrdiff_t>(piece.size));
  }
  if (image.words.bytes.size() % word_bytes != 0)
    fail(pieces_.back(), base + image.words.bytes.size(), "the end within a word",
         fmt::format("whole words of {} bytes", word_bytes));
  order_bytes(image.words.bytes, word_bytes, order);
  return image;
}

}  // namespace systole
