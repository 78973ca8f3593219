// options.h: how the bench drives a design; parsed from the `bench` section.
#pragma once

#include <cstdint>

#include "model/config/key_table.h"
#include "model/config/settings.h"

namespace systole {

struct BenchOptions {
  std::uint64_t quantum = 1024;      ///< Most cycles per activation of the design; 1 is lock-step.
  std::uint32_t seed = 1;            ///< Of the initial state and the poison, [1, 2^31 - 1].
  double stall_rate = 0.0;           ///< Probability of a stall per channel and cycle, [0, 0.95].
  std::uint32_t stall_seed = 1;      ///< [1, 2^31 - 1].
  std::uint64_t watchdog = 100'000;  ///< Cycles without any transfer that count as a hang.
  bool poison = true;                ///< Noise into the accumulators before each op.
  bool reset = false;                ///< A fresh, reset design for each op.
};

/// The rows of the key table: `bench.*`.
KeyTable bench_keys();
BenchOptions parse_bench_options(const Settings& settings);

}  // namespace systole
