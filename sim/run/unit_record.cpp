// unit_record.cpp: a fixed part and texts, between processes of one program.
#include "sim/run/unit_record.h"

#include <cstring>

namespace systole {
namespace {

struct Fixed {
  std::uint64_t unit, cycles, extra_beats, failure_cycle, line, channel_size, file_size;
  std::uint32_t status, complete, failure_kind, reserved;
};

}  // namespace

std::string encode(const UnitRecord& record) {
  const JobEnd& end = record.end;
  const Fixed fixed = {.unit = record.unit,
                       .cycles = end.cycles,
                       .extra_beats = end.extra_beats,
                       .failure_cycle = end.failure.cycle,
                       .line = static_cast<std::uint64_t>(end.failure.line),
                       .channel_size = end.failure.channel.size(),
                       .file_size = end.failure.file.size(),
                       .status = static_cast<std::uint32_t>(end.status),
                       .complete = end.complete,
                       .failure_kind = static_cast<std::uint32_t>(end.failure.kind),
                       .reserved = 0};
  std::string bytes(sizeof fixed, '\0');
  std::memcpy(bytes.data(), &fixed, sizeof fixed);
  return bytes + end.failure.channel + end.failure.file + end.message;
}

std::optional<UnitRecord> decode_unit_record(std::string_view bytes) {
  Fixed fixed;
  if (bytes.size() < sizeof fixed) return std::nullopt;
  std::memcpy(&fixed, bytes.data(), sizeof fixed);
  bytes.remove_prefix(sizeof fixed);
  if (fixed.channel_size > bytes.size() || fixed.file_size > bytes.size() - fixed.channel_size)
    return std::nullopt;
  const auto take = [&](std::size_t size) {
    const std::string text(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return text;
  };
  UnitRecord record;
  record.unit = fixed.unit;
  record.end.failure.kind = static_cast<FailureKind>(fixed.failure_kind);
  record.end.failure.line = static_cast<std::int64_t>(fixed.line);
  record.end.failure.cycle = fixed.failure_cycle;
  record.end.failure.channel = take(fixed.channel_size);
  record.end.failure.file = take(fixed.file_size);
  record.end.message = bytes;
  record.end.status = static_cast<JobStatus>(fixed.status);
  record.end.cycles = fixed.cycles;
  record.end.complete = fixed.complete != 0;
  record.end.extra_beats = fixed.extra_beats;
  return record;
}

}  // namespace systole
