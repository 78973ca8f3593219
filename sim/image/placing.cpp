// placing.cpp: one tensor behind the other.
#include "sim/image/placing.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole {
namespace {

/// Between the tensors of one file.
constexpr std::int64_t kMostGapBytes = std::int64_t{1} << 26;

std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

std::string key_of(MemoryKind kind, const char* key) {
  return fmt::format("memories.{}.{}", to_string(kind), key);
}

/// Files have a word for every address.
void check_gap(std::int64_t words, MemoryKind kind, const MemoryLayout& memory) {
  if (words > kMostGapBytes / (memory.word_bits / 8))
    throw InputError(
        {.key = key_of(kind, "align"),
         .got = fmt::format("{}: {} words between the tensors of one file", memory.align, words),
         .expected = fmt::format("at most {} MiB", kMostGapBytes >> 20),
         .hint = "align less, or split: op"});
}

}  // namespace

TensorPacking packing_of(const ImageTensor& tensor, const MemoryLayout& memory) {
  return {{.word_bits = memory.word_bits,
           .element_bits = tensor.element_bits,
           .is_signed = tensor.is_signed,
           .order = memory.first_element,
           .reverse_bits = memory.reverse_bits,
           .padding = memory.padding},
          static_cast<std::size_t>(tensor.beat)};
}

std::vector<ImageRegion> place(std::vector<Content>& contents, MemoryKind kind,
                               const MemoryLayout& memory, bool split_ops) {
  std::vector<ImageRegion> regions;
  std::int64_t end = memory.base, gaps = 0;
  for (Content& content : contents) {
    ImageTensor& tensor = content.tensor;
    const std::int64_t before = end;
    tensor.address = round_up(end, memory.align);
    tensor.words =
        static_cast<std::int64_t>(packing_of(tensor, memory).words_for(content.elements.size()));
    end = tensor.address + tensor.words;
    if (regions.empty() || (split_ops && regions.back().op != tensor.op))
      regions.push_back({split_ops ? tensor.op : "", tensor.address, 0});
    else
      gaps += tensor.address - before;
    check_gap(gaps, kind, memory);
    regions.back().words = end - regions.back().address;
  }
  end = round_up(end, memory.banks);
  const std::int64_t limit =
      memory.depth ? memory.base + memory.depth : static_cast<std::int64_t>(kAddressLimit);
  if (end > limit)
    throw InputError({.key = key_of(kind, memory.depth ? "depth" : "base"),
                      .got = fmt::format("words up to address {:#x}", end - 1),
                      .expected = fmt::format("addresses below {:#x}", limit),
                      .hint = "give the memory more or wider words"});
  return regions;
}

Words region_words(const ImageRegion& region, const std::vector<Content>& contents, MemoryKind kind,
                   const MemoryLayout& memory) {
  Words words{memory.word_bits, {}};
  words.bytes.resize(static_cast<std::size_t>(region.words) * words.word_bytes());
  for (const Content& content : contents) {
    const ImageTensor& tensor = content.tensor;
    if (tensor.address < region.address || tensor.address >= region.address + region.words)
      continue;
    try {
      const Words packed = pack_tensor(content.elements, packing_of(tensor, memory));
      std::ranges::copy(packed.bytes,
                        words.bytes.begin() + (tensor.address - region.address) *
                                                  static_cast<std::ptrdiff_t>(words.word_bytes()));
    } catch (const InputError& error) {
      throw InputError(
          {.key = key_of(kind, kind == MemoryKind::kWeights ? "element_bits" : "padding"),
           .got = fmt::format("{} of {}: {}", tensor.name, tensor.op, error.what()),
           .expected = fmt::format("a layout that holds it in {} bits", tensor.element_bits)});
    }
  }
  return words;
}

}  // namespace systole
