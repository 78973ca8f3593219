// ring.h: a ring buffer of beats with one writer and one reader, shared with the design's object.
#pragma once

#include <cstdint>

namespace systole {

/// Beats `read`..`written` (counted since the op began) wait in the ring; beat i lies at
/// `data + (i % capacity) * stride`.
struct Ring {
  std::uint8_t* data = nullptr;
  std::uint64_t written = 0;
  std::uint64_t read = 0;
  std::uint32_t stride = 0;    ///< Bytes of a beat.
  std::uint32_t capacity = 0;  ///< Beats; a power of two.
  std::uint32_t ended = 0;     ///< The writer's promise that no beat follows in this op.
  std::uint32_t reserved = 0;

  bool empty() const { return read == written; }
  bool full() const { return written - read == capacity; }
  std::uint8_t* slot(std::uint64_t beat) const {
    return data + (beat & (capacity - 1)) * static_cast<std::uint64_t>(stride);
  }
};

}  // namespace systole
