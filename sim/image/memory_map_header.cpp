// memory_map_header.cpp: memory-map.h.
#include <fmt/format.h>

#include "sim/image/memory_map.h"

namespace systole {
namespace {

constexpr const char* kTypes = R"(#ifndef SYSTOLE_MEMORY_MAP_H
#define SYSTOLE_MEMORY_MAP_H

#include <stdint.h>

/* A memory. Byte offsets in its files are (address - base) * word_bits / 8. */
struct systole_memory {
  const char *name;
  uint32_t word_bits, banks, lanes;
  uint64_t base, words;
  uint8_t big_endian, reverse_bits, first_element_high, block_interleave;
};

/* A file: a region of a memory, or the part of it in one bank and lane. */
struct systole_file {
  const char *path, *format;
  uint32_t memory, bank, lane, crc32;
  uint64_t region_address, region_words, bytes;
};

/* A tensor: `count` elements of `element_bits`; with `beat`, a new word begins every so many. */
struct systole_tensor {
  const char *op, *name;
  uint32_t memory, element_bits, beat;
  uint8_t is_signed;
  uint64_t address, words, count;
};

)";

/// A string literal of C: names are printable ASCII without quotes and backslashes.
std::string quoted(const std::string& text) { return "\"" + text + "\""; }

}  // namespace

std::string memory_map_header(const Manifest& manifest) {
  std::string memories, files, tensors;
  std::size_t memory_count = 0, file_count = 0, tensor_count = 0;
  for (const StoredMemory& memory : manifest.memories) {
    const MemoryLayout& layout = memory.layout;
    memories += fmt::format(
        "  {{{}, {}, {}, {}, {}u, {}u, {}, {}, {}, {}}},\n", quoted(to_string(memory.kind)),
        layout.word_bits, layout.banks, layout.lanes, layout.base, memory.words,
        layout.byte_order == ByteOrder::kBig ? 1 : 0, layout.reverse_bits ? 1 : 0,
        layout.first_element == ElementOrder::kFirstHigh ? 1 : 0,
        layout.interleave == Interleave::kBlock ? 1 : 0);
    for (const FileRegion& region : memory.regions)
      for (const ImageFile& file : region.files) {
        files += fmt::format("  {{{}, {}, {}, {}, {}, 0x{}u, {}u, {}u, {}u}},\n", quoted(file.path),
                             quoted(to_string(file.format)), memory_count, file.bank, file.lane,
                             file.crc32, region.region.address, region.region.words, file.bytes);
        ++file_count;
      }
    for (const StoredTensor& stored : memory.tensors) {
      const ImageTensor& tensor = stored.tensor;
      tensors +=
          fmt::format("  {{{}, {}, {}, {}, {}, {}, {}u, {}u, {}u}},\n", quoted(tensor.op),
                      quoted(tensor.name), memory_count, tensor.element_bits, tensor.beat,
                      tensor.is_signed ? 1 : 0, tensor.address, tensor.words, tensor.count());
      ++tensor_count;
    }
    ++memory_count;
  }
  return fmt::format(
      "/* The memories of {}; memory-map.md explains them. */\n{}"
      "static const struct systole_memory systole_memories[{}] = {{\n{}}};\n\n"
      "static const struct systole_file systole_files[{}] = {{\n{}}};\n\n"
      "static const struct systole_tensor systole_tensors[{}] = {{\n{}}};\n\n#endif\n",
      manifest.network, kTypes, memory_count, memories, file_count, files, tensor_count, tensors);
}

}  // namespace systole
