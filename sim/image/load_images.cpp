// load_images.cpp: files -> slices -> regions -> memory.
#include "sim/image/load_images.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/tensor/mapped_file.h"
#include "model/tensor/sha256.h"
#include "sim/image/slices.h"

namespace systole {
namespace {

void expect_equal(const std::string& path, const std::string& what, const std::string& got,
                  const std::string& expected) {
  if (got != expected)
    throw InputError({.where = {path},
                      .key = what,
                      .got = got,
                      .expected = expected + " of the manifest",
                      .hint = "the file was changed, cut or swapped; export again"});
}

Words load_file(const std::string& directory, const ImageFile& file, const MemoryLayout& memory,
                FileChecks checks) {
  const std::string path = directory + "/" + file.path;
  const MappedFile mapped(path);
  const std::string_view text = mapped.bytes();
  expect_equal(path, "bytes", std::to_string(text.size()), std::to_string(file.bytes));
  expect_equal(path, "CRC-32", crc32_of(text), file.crc32);
  if (checks == FileChecks::kEveryFile) expect_equal(path, "SHA-256", sha256(text), file.sha256);
  MemoryImage image =
      read_image(text, file.format, path, file.word_bits, {.byte_order = memory.byte_order});
  expect_equal(path, "words", std::to_string(image.words.count()), std::to_string(file.words));
  if (holds_addresses(file.format))
    expect_equal(path, "address", fmt::format("{:#x}", image.base),
                 fmt::format("{:#x}", file.address));
  return std::move(image.words);
}

/// The region's words as the files of one format have them.
Words load_format(const std::string& directory, const FileRegion& region, ImageFormat format,
                  const StoredMemory& memory, FileChecks checks) {
  std::vector<Words> slices(static_cast<std::size_t>(memory.layout.banks * memory.layout.lanes));
  std::string path;
  for (const ImageFile& file : region.files) {
    if (file.format != format) continue;
    path = file.path;
    slices[static_cast<std::size_t>(file.bank * memory.layout.lanes + file.lane)] =
        load_file(directory, file, memory.layout, checks);
  }
  try {
    return join_slices(slices, static_cast<std::size_t>(region.region.words), memory.layout);
  } catch (const InputError& error) {
    throw InputError({directory + "/" + path}, error.what());
  }
}

Words load_region(const std::string& directory, const FileRegion& region,
                  const StoredMemory& memory, FileChecks checks) {
  const ImageFormat first = region.files.at(0).format;
  Words words = load_format(directory, region, first, memory, checks);
  if (checks == FileChecks::kOneFormat) return words;
  ImageFormat before = first;
  for (const ImageFile& file : region.files) {
    if (file.format == first || file.format == before) continue;
    before = file.format;
    if (load_format(directory, region, file.format, memory, checks) != words)
      throw InputError({.where = {directory + "/" + file.path},
                        .got = "other words than " + region.files[0].path,
                        .expected = "the same ones in every format",
                        .hint = "export again"});
  }
  return words;
}

}  // namespace

RegionWords load_memory(const std::string& directory, const StoredMemory& memory,
                        FileChecks checks) {
  RegionWords words;
  for (const FileRegion& region : memory.regions)
    words.push_back(load_region(directory, region, memory, checks));
  return words;
}

std::span<const std::uint8_t> tensor_bytes(const RegionWords& words, const StoredMemory& memory,
                                           const ImageTensor& tensor) {
  const std::size_t r = region_of(memory, tensor);
  const std::size_t word_bytes = words[r].word_bytes();
  const auto first = static_cast<std::size_t>(tensor.address - memory.regions[r].region.address);
  return std::span(words[r].bytes)
      .subspan(first * word_bytes, static_cast<std::size_t>(tensor.words) * word_bytes);
}

std::vector<std::int64_t> read_elements(const RegionWords& words, const StoredMemory& memory,
                                        const ImageTensor& tensor) {
  const auto bytes = tensor_bytes(words, memory, tensor);
  return unpack_tensor({memory.layout.word_bits, {bytes.begin(), bytes.end()}},
                       static_cast<std::size_t>(tensor.count()), packing_of(tensor, memory.layout));
}

}  // namespace systole
