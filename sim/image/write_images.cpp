// write_images.cpp: memory by memory, region by region, format by format.
#include "sim/image/write_images.h"

#include <fmt/format.h>

#include "model/network/names.h"
#include "model/tensor/sha256.h"
#include "sim/image/slices.h"

namespace systole {
namespace {

/// "012": files are in the order of the ops, whatever these are called.
std::string number_text(std::size_t number) { return fmt::format("{:03}", number); }

/// A name that every file system takes: "012_block1.conv1".
std::string file_stem(const std::string& op, std::size_t number) {
  if (op.empty()) return "all";
  return number_text(number) + "_" + file_text(op);
}

/// One memory on its way to files.
struct Writer {
  const ImageLayout& layout;
  MemoryKind kind;
  const MemoryLayout& memory;
  std::vector<ImageText>& texts;

  /// ".b0.l1" where there are several banks or lanes.
  std::string slice_text(std::size_t slice, const char* bank, const char* lane) const {
    const auto lanes = static_cast<std::size_t>(memory.lanes);
    std::string text;
    if (memory.banks > 1) text += fmt::format("{}{}", bank, slice / lanes);
    if (memory.lanes > 1) text += fmt::format("{}{}", lane, slice % lanes);
    return text;
  }

  FileRegion write(const ImageRegion& region, const Words& words, std::size_t number) const {
    FileRegion files{region, {}};
    const std::vector<Words> slices = cut_slices(words, memory);
    for (const ImageFormat format : layout.formats)
      for (std::size_t slice = 0; slice < slices.size(); ++slice) {
        const MemoryImage image{
            to_string(kind) + "_" + (region.op.empty() ? "all" : number_text(number)) +
                slice_text(slice, "_b", "_l"),
            static_cast<std::uint64_t>(region.address / memory.banks), slices[slice]};
        texts.push_back({fmt::format("{}/{}{}{}", to_string(kind), file_stem(region.op, number),
                                     slice_text(slice, ".b", ".l"), file_ending(format)),
                         write_image(image, format, {memory.byte_order, layout.c_alignment})});
        const ImageText& text = texts.back();
        files.files.push_back({.path = text.path,
                               .format = format,
                               .bank = static_cast<int>(slice) / memory.lanes,
                               .lane = static_cast<int>(slice) % memory.lanes,
                               .word_bits = image.words.bits,
                               .address = static_cast<std::int64_t>(image.base),
                               .words = static_cast<std::int64_t>(image.words.count()),
                               .bytes = std::ssize(text.text),
                               .crc32 = crc32_of(text.text),
                               .sha256 = sha256(text.text)});
      }
    return files;
  }
};

}  // namespace

std::vector<ImageText> make_images(const ContentSources& sources, const ImageLayout& layout,
                                   Manifest& manifest) {
  std::vector<ImageText> texts;
  for (std::size_t i = 0; i < kMemoryKinds; ++i) {
    const auto kind = static_cast<MemoryKind>(i);
    const MemoryLayout& memory = layout.memories[i];
    if (!memory.include) continue;
    std::vector<Content> contents = make_contents(kind, sources, memory);
    const std::vector<ImageRegion> regions = place(contents, kind, memory, layout.split_ops);
    StoredMemory stored{.kind = kind, .layout = memory};
    const Writer writer{layout, kind, memory, texts};
    for (const ImageRegion& region : regions) {
      const Words words = region_words(region, contents, kind, memory);
      stored.regions.push_back(writer.write(region, words, stored.regions.size()));
      stored.words = region.address + region.words - memory.base;
    }
    for (const Content& content : contents) {
      const auto [crc, sha] = digests_of(content.elements);
      stored.tensors.push_back({content.tensor, crc, sha});
    }
    if (!contents.empty()) manifest.memories.push_back(std::move(stored));
  }
  return texts;
}

}  // namespace systole
