// pieces.h: bytes that a file gives at addresses in any order, put together to a memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/image/words.h"

namespace systole {

/// Takes no more room than the bytes that were given, whatever their addresses.
class Pieces {
 public:
  explicit Pieces(std::string file) : file_(std::move(file)) {}

  /// What is appended from now on lies from byte `address` on; `line` is for errors.
  void start(std::uint64_t address, int line);
  /// Where the bytes of the current piece are appended; start() comes first.
  std::vector<std::uint8_t>& bytes() { return bytes_; }
  bool is_started() const { return !pieces_.empty(); }

  /// The words of all pieces, an image without name. Throws InputError at a piece that is empty,
  /// overlaps another one, leaves a hole before it, or ends past byte address `limit`, and on bytes
  /// that are no whole words.
  MemoryImage image(int word_bits, ByteOrder order, std::uint64_t limit) &&;

 private:
  struct Piece {
    std::uint64_t address;
    std::size_t first;  ///< In bytes_.
    std::size_t size;
    int line;
  };

  void close();

  std::string file_;
  std::vector<Piece> pieces_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace systole
