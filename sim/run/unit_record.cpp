// unit_record.cpp: a fixed part and the message, between processes of one program.
#include "sim/run/unit_record.h"

#include <cstring>

namespace systole {
namespace {

struct Fixed {
  std::uint64_t unit, cycles, extra_beats;
  std::uint32_t status, complete;
};

}  // namespace

std::string encode(const UnitRecord& record) {
  const JobEnd& end = record.end;
  const Fixed fixed = {record.unit, end.cycles, end.extra_beats,
                       static_cast<std::uint32_t>(end.status), end.complete};
  std::string bytes(sizeof fixed, '\0');
  std::memcpy(bytes.data(), &fixed, sizeof fixed);
  return bytes + end.message;
}

std::optional<UnitRecord> decode_unit_record(std::string_view bytes) {
  Fixed fixed;
  if (bytes.size() < sizeof fixed) return std::nullopt;
  std::memcpy(&fixed, bytes.data(), sizeof fixed);
  UnitRecord record;
  record.unit = fixed.unit;
  record.end.status = static_cast<JobStatus>(fixed.status);
  record.end.message = bytes.substr(sizeof fixed);
  record.end.cycles = fixed.cycles;
  record.end.complete = fixed.complete != 0;
  record.end.extra_beats = fixed.extra_beats;
  return record;
}

}  // namespace systole
