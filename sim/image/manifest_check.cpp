// manifest_check.cpp: every range, and that nothing overlaps.
#include "sim/image/manifest_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "sim/image/words.h"

namespace systole {
namespace {

constexpr auto kMost = static_cast<std::int64_t>(kAddressLimit);

struct Checker {
  const std::string& file;
  const StoredMemory& memory;

  void expect(bool is_right, const std::string& what, const std::string& got,
              const std::string& expected) const {
    if (!is_right)
      throw InputError({.where = {file},
                        .key = to_string(memory.kind) + (what.empty() ? "" : ": " + what),
                        .got = got,
                        .expected = expected,
                        .hint = "export again"});
  }

  void expect_in(std::int64_t value, const std::string& what, std::int64_t lo,
                 std::int64_t hi) const {
    expect(lo <= value && value <= hi, what, std::to_string(value),
           fmt::format("a number in [{}, {}]", lo, hi));
  }

  void check_layout() const {
    const MemoryLayout& layout = memory.layout;
    check_word_bits(layout.word_bits, {file}, to_string(memory.kind) + ".word_bits");
    expect_in(layout.banks, "banks", 1, 256);
    expect_in(layout.lanes, "lanes", 1, 128);
    expect(layout.word_bits % (8 * layout.lanes) == 0, "lanes", std::to_string(layout.lanes),
           "a number that cuts words into whole bytes");
    expect_in(layout.base, "base", 0, kMost - 1);
    expect(layout.base % layout.banks == 0, "base", std::to_string(layout.base),
           "a multiple of the banks");
    expect_in(memory.words, "words", 0, kMost - layout.base);
    expect_in(layout.depth, "depth", memory.words, kMost - layout.base);
  }

  /// Words [address, address + words) lie in the memory, behind `end`, which they move.
  void check_run(const std::string& what, std::int64_t address, std::int64_t words,
                 std::int64_t& end) const {
    const std::int64_t limit = memory.layout.base + memory.depth();
    expect(words > 0 && words < kMost, what, fmt::format("{} words", words), "at least one word");
    expect(address >= 0 && address < kMost && address + words <= limit, what,
           fmt::format("words up to address {:#x}", address + words - 1),
           fmt::format("addresses of the memory, below {:#x}", limit));
    expect(address >= end, what, fmt::format("words from address {:#x} on", address),
           fmt::format("address {:#x} or above: those below are of what comes before", end));
    end = address + words;
  }

  void check_file(const ImageFile& image, const ImageRegion& region) const {
    const MemoryLayout& layout = memory.layout;
    const std::filesystem::path path = std::filesystem::path(image.path).lexically_normal();
    expect(!image.path.empty() && path.is_relative() && *path.begin() != "..", "path", image.path,
           "a file in the export's folder");
    expect_in(image.bank, image.path + ": bank", 0, layout.banks - 1);
    expect_in(image.lane, image.path + ": lane", 0, layout.lanes - 1);
    expect_in(image.bytes, image.path + ": bytes", 0, std::int64_t{1} << 42);
    const auto agree = [&](const char* what, std::int64_t got, std::int64_t expected) {
      expect(got == expected, fmt::format("{}: {}", image.path, what), std::to_string(got),
             fmt::format("{}, as the region and the banks give it", expected));
    };
    agree("word_bits", image.word_bits, layout.word_bits / layout.lanes);
    agree("address", image.address, region.address / layout.banks);
    agree("words", image.words, (region.words + layout.banks - 1) / layout.banks);
    // Every format has a byte or more for each of a word: no file makes more room than it has
    // bytes.
    expect(image.words * (image.word_bits / 8) <= image.bytes, image.path + ": bytes",
           std::to_string(image.bytes), fmt::format("enough for {} words", image.words));
  }

  /// One file of each bank and lane in each format, all of different names.
  void check_files(const FileRegion& region, std::set<std::string>& paths) const {
    std::set<std::tuple<ImageFormat, int, int>> parts;
    std::set<ImageFormat> formats;
    for (const ImageFile& image : region.files) {
      check_file(image, region.region);
      expect(paths.insert(image.path).second, "path", image.path, "a name of its own");
      parts.insert({image.format, image.bank, image.lane});
      formats.insert(image.format);
    }
    const std::size_t slices = static_cast<std::size_t>(memory.layout.banks) *
                               static_cast<std::size_t>(memory.layout.lanes);
    expect(!region.files.empty() && parts.size() == region.files.size() &&
               parts.size() == formats.size() * slices,
           fmt::format("files of '{}'", region.region.op), std::to_string(region.files.size()),
           fmt::format("one of each of {} banks and lanes in each format", slices));
  }

  void check_order(const ImageTensor& tensor, const std::string& what) const {
    const TileOrder& order = *tensor.order;
    // Products of two stay below 2^62.
    for (const std::int64_t value : {order.cols, order.groups, order.inputs, order.channels})
      expect_in(value, what + ": order", 1, kMost / 4);
    const bool is_weight = tensor.name == "weight";
    expect_in(order.tokens, what + ": tokens", 1,
              is_weight ? 1 : std::clamp<std::int64_t>(tensor.count(), 1, kMost / 4));
    expect_in(order.taps, what + ": taps", 0, kMost);
    expect_in(order.pack_groups, what + ": pack_groups", 1, order.groups);
    expect(order.channels % order.groups == 0, what + ": groups", std::to_string(order.groups),
           "a divisor of the channels");
    std::int64_t elements = 0;
    for (const TilePack& pack : order.packs) {
      expect_in(pack.channels, what + ": pack", 1, order.channels);
      expect_in(pack.first_channel, what + ": pack", 0, order.channels - pack.channels);
      expect_in(pack.inputs, what + ": pack", 1, order.groups * order.inputs);
      expect_in(pack.first_input, what + ": pack", 0, order.groups * order.inputs - pack.inputs);
      const std::int64_t tiles = (pack.channels + order.cols - 1) / order.cols;
      expect_in(
          pack.depth, what + ": pack", is_weight ? 1 : 0,
          is_weight ? std::max<std::int64_t>(tensor.count() / (tiles * order.cols), 1) : kMost);
      elements += tiles * order.cols * (is_weight ? pack.depth : 1);
      expect_in(elements, what + ": packs", 0, kMost);
    }
    const bool is_whole = tensor.count() % order.tokens == 0;
    expect(is_whole && elements == tensor.count() / order.tokens, what,
           fmt::format("{} elements", tensor.count()),
           fmt::format("{} for each of {} tokens, as the packs give them", elements, order.tokens));
  }

  /// The number of elements.
  std::int64_t check_shape(const Shape& shape, const std::string& what, std::int64_t most) const {
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) {
      expect_in(extent, what, 0, most);
      expect_in(std::max<std::int64_t>(extent, 1), what, 0,
                most / std::max<std::int64_t>(count, 1));
      count *= extent;
    }
    return count;
  }

  void check_tensor(const ImageTensor& tensor, const std::string& what) const {
    const int widest = tensor.is_signed ? 64 : 63;
    expect_in(tensor.element_bits, what + ": element_bits", 1, widest);
    expect_in(tensor.beat, what + ": beat", 0, kMost);
    const std::int64_t count = check_shape(tensor.shape, what + ": shape", kMost);
    // A memory has every element of its source.
    check_shape(tensor.source.shape, what + ": source", std::max<std::int64_t>(count, 1));
    const TensorPacking packing = packing_of(tensor, memory.layout);
    const auto words =
        static_cast<std::int64_t>(packing.words_for(static_cast<std::size_t>(count)));
    expect(tensor.words == words, what, fmt::format("{} words", tensor.words),
           fmt::format("{} for {} elements of {} bits", words, count, tensor.element_bits));
    if (tensor.order) check_order(tensor, what);
  }

  bool is_in_region(const ImageTensor& tensor) const {
    return std::ranges::any_of(memory.regions, [&](const FileRegion& each) {
      const ImageRegion& region = each.region;
      return region.address <= tensor.address &&
             tensor.address + tensor.words <= region.address + region.words;
    });
  }
};

}  // namespace

void check_manifest(const Manifest& manifest, const std::string& file) {
  std::set<MemoryKind> kinds;
  std::set<std::string> paths;
  for (const StoredMemory& memory : manifest.memories) {
    const Checker checker{file, memory};
    checker.expect(kinds.insert(memory.kind).second, "", "two of them", "one");
    checker.check_layout();
    std::int64_t end = memory.layout.base;
    for (const FileRegion& region : memory.regions) {
      checker.check_run(fmt::format("files of '{}'", region.region.op), region.region.address,
                        region.region.words, end);
      checker.check_files(region, paths);
    }
    end = memory.layout.base;
    for (const StoredTensor& stored : memory.tensors) {
      const ImageTensor& tensor = stored.tensor;
      const std::string what = fmt::format("{} of {}", tensor.name, tensor.op);
      checker.check_run(what, tensor.address, tensor.words, end);
      checker.check_tensor(tensor, what);
      checker.expect(checker.is_in_region(tensor), what,
                     fmt::format("words from address {:#x} on", tensor.address),
                     "words that a file has");
    }
  }
}

}  // namespace systole
