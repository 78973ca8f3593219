// options.cpp: the `bench` section of a run configuration.
#include "sim/bench/options.h"

namespace systole {
namespace {

constexpr double kMostSeed = 2147483647.0;

KeySpec integer_key(std::string key, std::string value, double lo, double hi, std::string help) {
  return {.key = std::move(key),
          .type = KeyType::kInteger,
          .default_value = std::move(value),
          .lo = lo,
          .hi = hi,
          .help = std::move(help)};
}

KeySpec boolean_key(std::string key, std::string value, std::string help) {
  return {.key = std::move(key),
          .type = KeyType::kBoolean,
          .default_value = std::move(value),
          .help = std::move(help)};
}

}  // namespace

KeyTable bench_keys() {
  return {
      integer_key(
          "bench.quantum", "1024", 1, 65536,
          "Most cycles of the design per activation under SystemC; 1 is lock-step. Results and "
          "cycle counts do not depend on it."),
      integer_key("bench.seed", "1", 1, kMostSeed,
                  "Seed of the design's random initial state and of the poison."),
      boolean_key("bench.poison", "true",
                  "Overwrite the accumulators with noise before each op, so that a missing clear "
                  "shows. Costs no cycle."),
      boolean_key("bench.reset", "false", "Start each op on a fresh, reset design."),
      integer_key("bench.watchdog", "100000", 1000, 1e9,
                  "Cycles without a transfer on any channel that count as a hang."),
      {.key = "bench.stall_rate",
       .type = KeyType::kReal,
       .default_value = "0",
       .lo = 0.0,
       .hi = 0.95,
       .help =
           "Probability, per channel and cycle, that the bench withholds a beat or is not ready."},
      integer_key("bench.stall_seed", "1", 1, kMostSeed, "Seed of the stalls."),
  };
}

BenchOptions parse_bench_options(const Settings& settings) {
  BenchOptions options;
  options.quantum = static_cast<std::uint64_t>(settings.integer("bench.quantum"));
  options.seed = static_cast<std::uint32_t>(settings.integer("bench.seed"));
  options.poison = settings.boolean("bench.poison");
  options.reset = settings.boolean("bench.reset");
  options.watchdog = static_cast<std::uint64_t>(settings.integer("bench.watchdog"));
  options.stall_rate = settings.real("bench.stall_rate");
  options.stall_seed = static_cast<std::uint32_t>(settings.integer("bench.stall_seed"));
  return options;
}

}  // namespace systole
