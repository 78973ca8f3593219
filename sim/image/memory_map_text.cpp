// memory_map_text.cpp: memory-map.md.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/image/export_folder.h"
#include "sim/image/memory_map.h"

namespace systole {
namespace {

std::string bytes_text(double bytes) {
  if (bytes < 1024) return fmt::format("{:.0f} bytes", bytes);
  return bytes < 1024 * 1024 ? fmt::format("{:.1f} KiB", bytes / 1024)
                             : fmt::format("{:.1f} MiB", bytes / 1024 / 1024);
}

std::string address_range(std::int64_t first, std::int64_t words) {
  return fmt::format("{:#x} to {:#x}", first, first + words - 1);
}

std::string overview(const Manifest& manifest) {
  std::string text = "\n| memory | size | word addresses | tensors |\n|---|---|---|---|\n";
  for (const StoredMemory& memory : manifest.memories)
    text += fmt::format("| {} | {} | {} | {} |\n", to_string(memory.kind), memory_size_text(memory),
                        address_range(memory.layout.base, memory.words), memory.tensors.size());
  return text;
}

bool has_bytes(const StoredMemory& memory) {
  return std::ranges::any_of(memory.regions, [](const FileRegion& region) {
    return std::ranges::any_of(region.files, [](const ImageFile& file) {
      return has_byte_order(file.format, file.word_bits);
    });
  });
}

std::string banks_text(const MemoryLayout& layout) {
  if (layout.banks == 1) return "";
  if (layout.interleave == Interleave::kWord)
    return fmt::format(" Word `i` lies in bank `i % {0}` at the bank's address `i / {0}`.",
                       layout.banks);
  return fmt::format(
      " The `n` words of a file from address `a` on are cut into {0} runs of `m = ceil(n / {0})`: "
      "word `a + i` lies in bank `i / m` at the bank's address `a / {0} + i % m`.",
      layout.banks);
}

/// How words are filled and spread, in sentences.
std::string packing_text(const StoredMemory& memory) {
  const MemoryLayout& layout = memory.layout;
  std::string text =
      fmt::format("The first element of a word takes its {} bits.",
                  layout.first_element == ElementOrder::kFirstLow ? "lowest" : "highest");
  if (layout.reverse_bits) text += " Bit `i` of every byte is stored as bit `7 - i`.";
  if (layout.padding != 0)
    text += fmt::format(" Places without an element hold {}.", layout.padding);
  text += banks_text(layout);
  if (layout.lanes > 1)
    text += fmt::format(" Every word is cut into {} lanes of {} bits, lane 0 the lowest.",
                        layout.lanes, layout.word_bits / layout.lanes);
  if (has_bytes(memory))
    text += fmt::format(" Files of bytes have a word's {} significant byte first.",
                        layout.byte_order == ByteOrder::kLittle ? "least" : "most");
  return text + "\n";
}

/// The declaration of one bank's and lane's memory, and what fills it; "" without files for it.
std::string readmem_text(const StoredMemory& memory) {
  const MemoryLayout& layout = memory.layout;
  const std::string name = to_string(memory.kind);
  const std::int64_t first = layout.base / layout.banks;
  const std::int64_t words = (memory.depth() + layout.banks - 1) / layout.banks;
  std::string files;
  for (const FileRegion& region : memory.regions)
    for (const ImageFile& file : region.files)
      if (file.format == ImageFormat::kHex && file.bank == 0 && file.lane == 0)
        files += fmt::format("initial $readmemh(\"{}\", {});\n", file.path, name);
  if (files.empty()) return "";
  const bool is_one = layout.banks * layout.lanes == 1;
  return fmt::format("\n```systemverilog\nlogic [{}:0] {} ['h{:x}:'h{:x}];{}\n{}```\n",
                     layout.word_bits / layout.lanes - 1, name, first, first + words - 1,
                     is_one ? "" : "  // Each bank and lane; this is the first.", files);
}

std::string files_text(const StoredMemory& memory) {
  std::string text = fmt::format(
      "\n| file | format | address{} | words | bytes | CRC-32 |\n|---|---|---|---|---|---|\n",
      memory.layout.banks > 1 ? " in its bank" : "");
  for (const FileRegion& region : memory.regions)
    for (const ImageFile& file : region.files)
      text += fmt::format("| {} | {} | {:#x} | {} | {} | {} |\n", file.path, to_string(file.format),
                          file.address, file.words, file.bytes, file.crc32);
  return text;
}

std::string density_text(const StoredTensor& stored, const MemoryLayout& layout) {
  const TensorPacking packing = packing_of(stored.tensor, layout);
  const std::int64_t beat = stored.tensor.beat;
  if (beat > 0 && packing.words_per_beat() == 1) return fmt::format("{} per word", beat);
  if (beat > 0) return fmt::format("{} in {} words", beat, packing.words_per_beat());
  return packing.words_per_unit() > 1 ? fmt::format("1 in {} words", packing.words_per_unit())
                                      : fmt::format("{} per word", packing.packing.slots());
}

std::string tensors_text(const StoredMemory& memory) {
  const MemoryLayout& layout = memory.layout;
  std::string text =
      "\n| no. | op | tensor | word address | words | byte offset | elements | type | packing | "
      "holds |\n|---|---|---|---|---|---|---|---|---|---|\n";
  std::size_t number = 0;
  for (const StoredTensor& stored : memory.tensors) {
    const ImageTensor& tensor = stored.tensor;
    if (&stored != &memory.tensors.front() && tensor.op != (&stored - 1)->tensor.op) ++number;
    text += fmt::format("| {} | {} | {} | {:#x} | {} | {} | {} | {}int{} | {} | {} |\n", number,
                        tensor.op, tensor.name, tensor.address, tensor.words,
                        (tensor.address - layout.base) * (layout.word_bits / 8),
                        to_string(tensor.shape), tensor.is_signed ? "" : "u", tensor.element_bits,
                        density_text(stored, layout), tensor.source.tensor);
  }
  return text;
}

/// What the orders mean; model/README.md of the sources has the equations.
constexpr const char* kOrders = R"(
## Orders

Addresses count words; byte offsets begin at the memory's base. With `16 per word`, element `e` of a tensor is
in place `e % 16` of word `word address + e / 16`; with `16 in 2 words`, every 16th element begins a new word.
Names in capitals are those of the tensor's `order` in manifest.json, in small letters there.

**Weights** `[beats, COLUMNS]`: packs, then tiles of COLUMNS output channels, then the depth `k`, then the
columns: the order in which the array takes them. A product without groups has one pack, and the weight of
`channel`, `tap` (kernel row by row) and `input` is

    tile = channel / COLUMNS        column = channel % COLUMNS        k = tap * INPUTS + input
    beat = tile * DEPTH + k         element = beat * COLUMNS + column

With groups, a pack is some of them side by side: column `c` of its tile `t` is channel FIRST_CHANNEL + `t *
COLUMNS + c`; row `k` is tap `k / INPUTS` (the pack's) of input FIRST_INPUT + `k % INPUTS`. What no channel,
tap or group has is 0. The bundle's tensor is `[taps * inputs per group, channels]`, row-major.

The second operand of a product of two activations is no constant, so it is in no memory.

**Parameters** `[tiles, COLUMNS]`: an element per output channel in the same order, 0 beyond the last one.
With TOKENS, all tiles of token 0 (the rows 0, TOKENS, ... of the output), then those of the next one. Of a
product of two activations one pack's channels, which serve all packs: constants repeat with every item of
its leading axes.

**Activations and expected tensors**: row-major, the batch first, channels innermost; `codes` are quantised
values, `sums` accumulators.

**Descriptors** `[passes, fields]`: the commands of one inference, a word or more each; the fields are the
manifest's `fields`. A pass takes `rows` activation rows and, with `new_weights`, the weight beats from
`weight_beat` on.
)";

}  // namespace

std::string memory_size_text(const StoredMemory& memory) {
  const MemoryLayout& layout = memory.layout;
  std::string text = memory.depth() > memory.words
                         ? fmt::format("{} of {}", memory.words, memory.depth())
                         : std::to_string(memory.words);
  text += fmt::format(" words of {} bits, {}", layout.word_bits,
                      bytes_text(static_cast<double>(memory.words) * layout.word_bits / 8));
  if (layout.banks > 1) text += fmt::format(", {} banks", layout.banks);
  if (layout.lanes > 1) text += fmt::format(", {} lanes", layout.lanes);
  return text;
}

std::string memory_map_text(const Manifest& manifest) {
  std::string text = fmt::format(
      "# Memory map of {}\n\nArray: {}. Layout: `{}`. `manifest.json` says the same for programs,\n"
      "`memory-map.h` for C. `systole verify-images` checks this folder, `systole run "
      "--from-images` runs it.\n\n![The memories and their ops](memory-map.svg)\n",
      manifest.network, describe(manifest.geometry), manifest.layout);
  text += overview(manifest);
  for (const StoredMemory& memory : manifest.memories)
    text += fmt::format("\n## {}\n\n{}", to_string(memory.kind), packing_text(memory)) +
            readmem_text(memory) + tensors_text(memory) + files_text(memory);
  return text + kOrders;
}

}  // namespace systole
