// intel_hex.cpp: Intel's hexadecimal object files.
//
// A record is ':', then bytes: how many of data, the address's 16 bits, type, data, checksum (all
// bytes of a record add up to 0). Types: 0 data; 1 end; 2 bits 19..4 and 4 bits 31..16 of what
// addresses are added to; 3 and 5 where a program starts, which a memory has no use for.
#include <fmt/format.h>

#include <algorithm>

#include "sim/image/formats.h"
#include "sim/image/pieces.h"
#include "sim/image/records.h"

namespace systole {
namespace {

constexpr std::uint64_t kSegment = 0x10000;  // What the 16 bits of an address reach.

enum Type : std::uint8_t {
  kData,
  kEnd,
  kSegmentBase,
  kSegmentStart,
  kLinearBase,
  kLinearStart,
};

void append_record(Type type, std::uint64_t address, std::span<const std::uint8_t> data,
                   std::string& text) {
  std::vector<std::uint8_t> bytes = {static_cast<std::uint8_t>(data.size()),
                                     static_cast<std::uint8_t>(address >> 8 & 0xff),
                                     static_cast<std::uint8_t>(address & 0xff), type};
  bytes.insert(bytes.end(), data.begin(), data.end());
  bytes.push_back(static_cast<std::uint8_t>(0x100 - sum(bytes)));
  text += ':';
  append_bytes(bytes, text);
  text += '\n';
}

/// Bytes of a record that RecordLines is at, checksum right and without it.
std::vector<std::uint8_t> checked_record(const RecordLines& lines) {
  if (lines.line()[0] != ':') lines.fail("", "a record, ':' and digits");
  std::vector<std::uint8_t> bytes = lines.bytes(1);
  if (bytes.size() < 5 || bytes.size() != 5U + bytes[0]) {
    lines.fail(fmt::format("a record of {} bytes", bytes.size()),
               bytes.empty() ? "5 or more"
                             : fmt::format("5 and {} of data, as its first byte says", bytes[0]));
  }
  const std::uint8_t found = bytes.back();
  bytes.pop_back();
  const auto right = static_cast<std::uint8_t>(0x100 - sum(bytes));
  if (found != right)
    lines.fail(fmt::format("checksum {:02X}", found), fmt::format("{:02X}", right));
  return bytes;
}

}  // namespace

std::string write_intel_hex(const MemoryImage& image, ByteOrder order) {
  std::uint64_t address = first_byte_address(image);
  std::vector<std::uint8_t> all = image.words.bytes;
  order_bytes(all, image.words.word_bytes(), order);
  std::string text;
  std::uint64_t base = 0;
  for (std::span<const std::uint8_t> rest = all; !rest.empty();) {
    if (address - address % kSegment != base) {
      base = address - address % kSegment;
      append_record(kLinearBase, 0, big_endian(base >> 16, 2), text);
    }
    const std::size_t count = std::min<std::size_t>(
        {kRecordBytes, rest.size(), static_cast<std::size_t>(kSegment - address % kSegment)});
    append_record(kData, address % kSegment, rest.first(count), text);
    rest = rest.subspan(count);
    address += count;
  }
  append_record(kEnd, 0, {}, text);
  return text;
}

MemoryImage read_intel_hex(const ImageSource& source) {
  RecordLines lines(source.text, source.file);
  Pieces pieces(source.file);
  std::uint64_t base = 0;
  bool is_segmented = false;
  bool has_end = false;
  while (lines.next()) {
    if (has_end) lines.fail("", "nothing after the end record");
    const std::vector<std::uint8_t> bytes = checked_record(lines);
    const std::uint64_t address = from_big_endian(std::span(bytes).subspan(1, 2));
    const std::span data = std::span(bytes).subspan(4);
    const auto expect_size = [&](std::size_t size) {
      if (data.size() != size)
        lines.fail(fmt::format("{} data bytes of type {}", data.size(), bytes[3]),
                   std::to_string(size));
    };
    switch (bytes[3]) {
      case kData:
        if (is_segmented && address + data.size() > kSegment)
          lines.fail("a record across the end of its segment", "two records");
        if (data.empty()) break;
        pieces.start(base + address, lines.where().line);
        pieces.bytes().insert(pieces.bytes().end(), data.begin(), data.end());
        break;
      case kEnd:
        expect_size(0);
        has_end = true;
        break;
      case kSegmentBase:
      case kLinearBase:
        expect_size(2);
        is_segmented = bytes[3] == kSegmentBase;
        base = from_big_endian(data) << (is_segmented ? 4 : 16);
        break;
      case kSegmentStart:
      case kLinearStart:
        expect_size(4);
        break;
      default:
        lines.fail(fmt::format("a record of type {}", bytes[3]), "0 to 5");
    }
  }
  if (!has_end) lines.fail("the end of the file", "an end record, :00000001FF");
  return std::move(pieces).image(source.word_bits, source.byte_order, kAddressLimit);
}

}  // namespace systole
