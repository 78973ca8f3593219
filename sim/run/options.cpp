// options.cpp: keys that change how a run goes, not what it gives.
#include "sim/run/options.h"

#include <sched.h>

#include <algorithm>

namespace systole {
namespace {

constexpr int kMostWorkers = 256;

}  // namespace

KeyTable worker_keys() {
  return {{.key = "workers",
           .type = KeyType::kInteger,
           .lo = 1,
           .hi = kMostWorkers,
           .help = "Processes that simulate; without it, one per processor. Results and cycle "
                   "counts do not depend on it."},
          {.key = "checkpoint",
           .type = KeyType::kReal,
           .default_value = "10",
           .lo = 0.1,
           .hi = 86400,
           .help = "Seconds after which a run that still simulates writes what is finished, again "
                   "and again, so that --resume can go on from there even if it is killed."},
          {.key = "explain.ops",
           .type = KeyType::kInteger,
           .default_value = "4",
           .lo = 0,
           .hi = 10000,
           .help = "Differing ops that are re-run, a tile at a time, to localise the fault; of the "
                   "others the tensors must do."},
          {.key = "explain.files",
           .type = KeyType::kBoolean,
           .default_value = "true",
           .help = "Whether each of them gets a waveform, for which the design is built once more, "
                   "and a minimal reproducer."}};
}

int usable_processors() {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  if (::sched_getaffinity(0, sizeof processors, &processors) != 0) return 1;
  return std::clamp(CPU_COUNT(&processors), 1, kMostWorkers);
}

int parse_workers(const Settings& settings) {
  return settings.is_set("workers") ? static_cast<int>(settings.integer("workers"))
                                    : usable_processors();
}

}  // namespace systole
