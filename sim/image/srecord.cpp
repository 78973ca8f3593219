// srecord.cpp: Motorola's S-records.
//
// A record is 'S', a digit for its type, then bytes: how many follow, address, data, checksum (all
// bytes of a record add up to 0xff). Types: 0 name; 1, 2, 3 data with addresses of 2, 3, 4 bytes;
// 5 and 6 how many data records came before, in 2 and 3 bytes; 9, 8, 7 the end of a file of 1,
// 2, 3.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/image/formats.h"
#include "sim/image/pieces.h"
#include "sim/image/records.h"

namespace systole {
namespace {

constexpr std::array<std::size_t, 10> kAddressBytes = {2, 2, 3, 4, 0, 2, 3, 4, 3, 2};  // By type.

void append_record(int type, std::uint64_t address, std::span<const std::uint8_t> data,
                   std::string& text) {
  const std::size_t address_bytes = kAddressBytes[static_cast<std::size_t>(type)];
  std::vector<std::uint8_t> bytes = big_endian(address, static_cast<int>(address_bytes));
  bytes.insert(bytes.begin(), static_cast<std::uint8_t>(address_bytes + data.size() + 1));
  bytes.insert(bytes.end(), data.begin(), data.end());
  bytes.push_back(static_cast<std::uint8_t>(0xff - sum(bytes)));
  text += fmt::format("S{}", type);
  append_bytes(bytes, text);
  text += '\n';
}

struct Record {
  int type = 0;
  std::uint64_t address = 0;
  std::vector<std::uint8_t> data;
};

Record checked_record(const RecordLines& lines) {
  const std::string_view line = lines.line();
  if (line.size() < 2 || line[0] != 'S' || line[1] < '0' || line[1] > '9' || line[1] == '4')
    lines.fail("", "a record, S0 to S3 or S5 to S9 and digits");
  Record record;
  record.type = line[1] - '0';
  const std::size_t address_bytes = kAddressBytes[static_cast<std::size_t>(record.type)];
  std::vector<std::uint8_t> bytes = lines.bytes(2);
  if (bytes.size() < address_bytes + 2 || bytes.size() != 1U + bytes[0]) {
    lines.fail(fmt::format("a record of {} bytes", bytes.size()),
               bytes.empty() ? fmt::format("{} or more", address_bytes + 2)
                             : fmt::format("{}, as its first byte says, and at least {}",
                                           1U + bytes[0], address_bytes + 2));
  }
  const std::uint8_t found = bytes.back();
  bytes.pop_back();
  const auto right = static_cast<std::uint8_t>(0xff - sum(bytes));
  if (found != right)
    lines.fail(fmt::format("checksum {:02X}", found), fmt::format("{:02X}", right));
  record.address = from_big_endian(std::span(bytes).subspan(1, address_bytes));
  record.data.assign(bytes.begin() + 1 + static_cast<std::ptrdiff_t>(address_bytes), bytes.end());
  return record;
}

/// Empty when the header's data is no name.
std::string name_of(const std::vector<std::uint8_t>& data) {
  const bool is_name = data.size() <= 64 && std::all_of(data.begin(), data.end(), [](auto c) {
                         return c >= ' ' && c <= '~';
                       });
  return is_name ? std::string(data.begin(), data.end()) : "";
}

}  // namespace

std::string write_srecord(const MemoryImage& image, ByteOrder order) {
  std::uint64_t address = first_byte_address(image);
  std::vector<std::uint8_t> all = image.words.bytes;
  order_bytes(all, image.words.word_bytes(), order);
  std::string text;
  append_record(0, 0, {reinterpret_cast<const std::uint8_t*>(image.name.data()), image.name.size()},
                text);
  std::uint64_t records = 0;
  for (std::span<const std::uint8_t> rest = all; !rest.empty(); ++records) {
    const std::size_t count = std::min(kRecordBytes, rest.size());
    append_record(3, address, rest.first(count), text);
    rest = rest.subspan(count);
    address += count;
  }
  if (records <= 0xffffff) append_record(records <= 0xffff ? 5 : 6, records, {}, text);
  append_record(7, 0, {}, text);
  return text;
}

MemoryImage read_srecord(const ImageSource& source) {
  RecordLines lines(source.text, source.file);
  Pieces pieces(source.file);
  std::string name;
  int data_type = 0;
  int end_type = 0;
  std::uint64_t records = 0;
  bool is_counted = false;  // Nothing but an end record may follow.
  while (lines.next()) {
    if (end_type != 0) lines.fail("", "nothing after the end record");
    const Record record = checked_record(lines);
    const bool is_data = record.type >= 1 && record.type <= 3;
    if (is_counted && record.type < 7) lines.fail("", "an end record after the count");
    if (record.type == 0) {
      name = name_of(record.data);
    } else if (is_data) {
      if (data_type != 0 && record.type != data_type)
        lines.fail(fmt::format("S{}", record.type), fmt::format("S{} as before", data_type));
      data_type = record.type;
      ++records;
      if (record.data.empty()) continue;
      pieces.start(record.address, lines.where().line);
      pieces.bytes().insert(pieces.bytes().end(), record.data.begin(), record.data.end());
    } else {
      if (!record.data.empty())
        lines.fail(fmt::format("{} data bytes in S{}", record.data.size(), record.type), "none");
      if (record.type <= 6 && record.address != records)
        lines.fail(fmt::format("a count of {}", record.address),
                   fmt::format("{} data records", records));
      is_counted = record.type <= 6;
      if (record.type >= 7 && record.type + data_type != 10)
        lines.fail(fmt::format("S{}", record.type),
                   data_type == 0 ? "data before it" : fmt::format("S{}", 10 - data_type));
      if (record.type >= 7) end_type = record.type;
    }
  }
  if (end_type == 0 && !is_counted)
    lines.fail("the end of the file", "an end record, S7, S8 or S9, or a count");
  MemoryImage image = std::move(pieces).image(source.word_bits, source.byte_order, kAddressLimit);
  image.name = name;
  return image;
}

}  // namespace systole
