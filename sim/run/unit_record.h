// unit_record.h: what a worker tells the parent of a unit, beside its tensors.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sim/bench/bench.h"

namespace systole {

struct UnitRecord {
  std::size_t unit = 0;  ///< Among all units of the run.
  JobEnd end;
};

std::string encode(const UnitRecord& record);
/// Nothing when `bytes` are none.
std::optional<UnitRecord> decode_unit_record(std::string_view bytes);

}  // namespace systole
