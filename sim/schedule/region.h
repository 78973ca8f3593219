// region.h: a part of a job's output that is scheduled, simulated and compared on its own.
#pragma once

#include <cstdint>

namespace systole {

/// Rows [m, m + rows) and channels [channel, channel + channels) of an output [m x channels].
struct Region {
  std::int64_t m = 0;
  std::int64_t rows = 0;
  std::int64_t channel = 0;
  std::int64_t channels = 0;
  bool operator==(const Region&) const = default;
};

}  // namespace systole
