// fetches.h: how often a job sends each element of its input.
#pragma once

#include <cstdint>

#include "sim/schedule/layout.h"

namespace systole {

/// Elements of x that a job's output depends on, and how many are sent on the activation channel;
/// padding counts as neither. The core keeps no activations: an element is sent for every tap and
/// every column tile that it takes part in.
struct Fetches {
  std::int64_t used = 0;
  std::int64_t sent = 0;

  /// How often an element is sent beyond once, on average.
  double again() const {
    return used ? static_cast<double>(sent - used) / static_cast<double>(used) : 0.0;
  }
};

/// Of the job's whole output, however it is cut into regions along rows or between column tiles.
Fetches count_fetches(const Layout& layout);

}  // namespace systole
