// memory_map_header.cpp: memory-map.h.
#include <fmt/format.h>

#include <algorithm>

#include "sim/image/memory_map.h"

namespace systole {
namespace {

constexpr const char* kTypes = R"(#ifndef SYSTOLE_MEMORY_MAP_H
#define SYSTOLE_MEMORY_MAP_H

#include <stdint.h>

/* A memory: `words` words from the word address `base` on. */
struct systole_memory {
  const char *name;
  uint32_t word_bits, banks, lanes;
  uint64_t base, words;
  uint8_t big_endian, reverse_bits, first_element_high, block_interleave;
};

/* A file: a region of a memory, or the part of it in one bank and lane. `crc32` is the file's. */
struct systole_file {
  const char *path, *format;
  uint32_t memory, bank, lane, crc32;
  uint64_t region_address, region_words, bytes;
};

/* A tensor: `count` elements of `element_bits`; with `beat`, a new word begins every so many.
   `crc32` is that of the elements as 64-bit integers, little-endian, in the memory's order. */
struct systole_tensor {
  const char *op, *name;
  uint32_t memory, element_bits, beat, crc32;
  uint8_t is_signed;
  uint64_t address, words, count;
};

)";

/// `text` between quotes as C reads it back; what is not printable ASCII becomes an octal escape.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c < ' ' || c > '~')
      result += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result + "\"";
}

/// Rows of initialisers and how many they are.
struct Table {
  std::string rows;
  std::size_t count = 0;

  void add(const std::string& fields) {
    rows += "  {" + fields + "},\n";
    ++count;
  }

  /// C has no arrays without elements: such a table has one of zeros, beyond its count.
  std::string text(const char* type, const char* plural, const char* capitals) const {
    return fmt::format(
        "#define SYSTOLE_{} {}\nstatic const struct systole_{} systole_{}[{}] = {{\n{}}};\n",
        capitals, count, type, plural, std::max<std::size_t>(count, 1),
        count == 0 ? "  {0},\n" : rows);
  }
};

std::string fields_of(const MemoryLayout& layout, MemoryKind kind, std::int64_t words) {
  return fmt::format("{}, {}, {}, {}, {}u, {}u, {:d}, {:d}, {:d}, {:d}", quoted(to_string(kind)),
                     layout.word_bits, layout.banks, layout.lanes, layout.base, words,
                     layout.byte_order == ByteOrder::kBig, layout.reverse_bits,
                     layout.first_element == ElementOrder::kFirstHigh,
                     layout.interleave == Interleave::kBlock);
}

}  // namespace

std::string memory_map_header(const Manifest& manifest) {
  Table memories, files, tensors;
  for (const StoredMemory& memory : manifest.memories) {
    const std::size_t number = memories.count;
    memories.add(fields_of(memory.layout, memory.kind, memory.words));
    for (const FileRegion& each : memory.regions)
      for (const ImageFile& file : each.files)
        files.add(fmt::format("{}, {}, {}, {}, {}, 0x{}u, {}u, {}u, {}u", quoted(file.path),
                              quoted(to_string(file.format)), number, file.bank, file.lane,
                              file.crc32, each.region.address, each.region.words, file.bytes));
    for (const StoredTensor& stored : memory.tensors) {
      const ImageTensor& tensor = stored.tensor;
      tensors.add(fmt::format("{}, {}, {}, {}, {}, 0x{}u, {:d}, {}u, {}u, {}u", quoted(tensor.op),
                              quoted(tensor.name), number, tensor.element_bits, tensor.beat,
                              stored.crc32, tensor.is_signed, tensor.address, tensor.words,
                              tensor.count()));
    }
  }
  return fmt::format(
      "// The memories of {}; memory-map.md explains them.\n{}{}\n{}\n{}\n#endif\n",
      quoted(manifest.network), kTypes, memories.text("memory", "memories", "MEMORIES"),
      files.text("file", "files", "FILES"), tensors.text("tensor", "tensors", "TENSORS"));
}

}  // namespace systole
