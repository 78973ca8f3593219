// memory_map_text.cpp: memory-map.md.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/image/export_folder.h"
#include "sim/image/memory_map.h"

namespace systole {
namespace {

std::string packing_text(const StoredMemory& memory) {
  const MemoryLayout& layout = memory.layout;
  std::string text = fmt::format(
      "Words of {} bits; a word's first element takes its {} bits; files with bytes are {}-endian",
      layout.word_bits, layout.first_element == ElementOrder::kFirstLow ? "lowest" : "highest",
      layout.byte_order == ByteOrder::kLittle ? "little" : "big");
  if (layout.reverse_bits) text += "; the bits of every byte are turned round";
  if (layout.padding != 0)
    text += fmt::format("; places without an element hold {}", layout.padding);
  if (layout.banks > 1)
    text +=
        layout.interleave == Interleave::kWord
            ? fmt::format("; word `i` lies in bank `i % {0}` at address `i / {0}`", layout.banks)
            : fmt::format("; each region lies in {} banks, a run of words in each", layout.banks);
  if (layout.lanes > 1)
    text += fmt::format("; every word is cut into {} lanes of {} bits, lane 0 the lowest",
                        layout.lanes, layout.word_bits / layout.lanes);
  return text + ".\n";
}

std::string order_text(const StoredTensor& stored, const MemoryLayout& layout) {
  const ImageTensor& tensor = stored.tensor;
  const TensorPacking packing = packing_of(tensor, layout);
  if (tensor.beat > 0)
    return fmt::format("{} words per {} elements", packing.words_per_beat(), tensor.beat);
  return packing.words_per_unit() > 1
             ? fmt::format("{} words per element", packing.words_per_unit())
             : fmt::format("{} elements per word", packing.packing.slots());
}

std::string memory_text(const StoredMemory& memory) {
  const MemoryLayout& layout = memory.layout;
  std::string text = fmt::format(
      "\n## {}\n\n{} words from {:#x} to {:#x}{}. {}\n| file | format | address | words | bytes | "
      "CRC-32 |\n|---|---|---|---|---|---|\n",
      to_string(memory.kind), memory.words, layout.base, layout.base + memory.words - 1,
      memory.depth() > memory.words ? fmt::format(", of {}", memory.depth()) : "",
      packing_text(memory));
  for (const FileRegion& region : memory.regions)
    for (const ImageFile& file : region.files)
      text += fmt::format("| {} | {} | {:#x} | {} | {} | {} |\n", file.path, to_string(file.format),
                          file.address, file.words, file.bytes, file.crc32);
  text +=
      "\n| op | tensor | address | words | shape in memory | element | packing | holds |\n"
      "|---|---|---|---|---|---|---|---|\n";
  for (const StoredTensor& stored : memory.tensors) {
    const ImageTensor& tensor = stored.tensor;
    text += fmt::format("| {} | {} | {:#x} | {} | {} | {}int{} | {} | {} |\n", tensor.op,
                        tensor.name, tensor.address, tensor.words, to_string(tensor.shape),
                        tensor.is_signed ? "" : "u", tensor.element_bits,
                        order_text(stored, layout), tensor.source.tensor);
  }
  return text;
}

/// What the orders mean; model/README.md of the sources has the equations.
constexpr const char* kOrders = R"(
## Orders

Weights `[beats, columns]`: packs, then tiles of `columns` output channels, then the depth `k`, then
the columns: the order in which the array takes them. Column `c` of a pack's tile `t` is channel
`first_channel + t * columns + c`; row `k` is tap `k / inputs` (kernel row by row) of input `first_input +
k % inputs`. A weight that no channel, tap or group has is 0. The bundle's tensor is `[taps * inputs per
group, channels]`, row-major.

Parameters `[tiles, columns]`: one element per output channel in the same order, 0 beyond the last.

Activations and expected tensors: row-major, channels innermost, the batch first; `sums` are accumulators.

Descriptors `[passes, 16]`: the commands of one inference; the columns are the manifest's `fields`. Pass
`p` takes `rows` activation rows and, with `new_weights`, the weight beats from `weight_beat` on.
)";

}  // namespace

std::string memory_map_text(const Manifest& manifest) {
  std::string text = fmt::format(
      "# Memory map of {}\n\nFor {}; layout `{}`. manifest.json says the same for programs. Check "
      "with `systole verify-images`, run with\n`systole run "
      "--from-images`.\n\n![](memory-map.svg)\n",
      manifest.network, describe(manifest.geometry), manifest.layout);
  for (const StoredMemory& memory : manifest.memories) text += memory_text(memory);
  return text + kOrders;
}

}  // namespace systole
