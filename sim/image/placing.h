// placing.h: addresses of tensors in a memory, and the words of the files that hold them.
#pragma once

#include <string>
#include <vector>

#include "sim/image/contents.h"
#include "sim/image/image_layout.h"
#include "sim/image/tensor_words.h"

namespace systole {

/// A run of a memory's words that is one file, or one per bank and lane.
struct ImageRegion {
  std::string op;  ///< Whose tensors it holds; empty: all.
  std::int64_t address = 0;
  std::int64_t words = 0;
};

/// How a tensor lies in a memory.
TensorPacking packing_of(const ImageTensor& tensor, const MemoryLayout& memory);

/// Gives every tensor its address, one behind the other, and returns the regions: one per op, in
/// the order of the contents, or one. Throws InputError when the memory is too small.
std::vector<ImageRegion> place(std::vector<Content>& contents, MemoryKind kind,
                               const MemoryLayout& memory, bool split_ops);

/// The words of a region; between tensors they are 0. Throws InputError on an element that its bits
/// do not hold.
Words region_words(const ImageRegion& region, const std::vector<Content>& contents, MemoryKind kind,
                   const MemoryLayout& memory);

}  // namespace systole
