// options.cpp: the key `workers`.
#include "sim/run/options.h"

#include <sched.h>

#include <algorithm>

namespace systole {
namespace {

constexpr int kMostWorkers = 256;

int usable_processors() {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  if (::sched_getaffinity(0, sizeof processors, &processors) != 0) return 1;
  return std::clamp(CPU_COUNT(&processors), 1, kMostWorkers);
}

}  // namespace

KeyTable worker_keys() {
  return {{.key = "workers",
           .type = KeyType::kInteger,
           .lo = 1,
           .hi = kMostWorkers,
           .help = "Processes that simulate; without it, one per processor. Results and cycle "
                   "counts do not depend on it."}};
}

int parse_workers(const Settings& settings) {
  return settings.is_set("workers") ? static_cast<int>(settings.integer("workers"))
                                    : usable_processors();
}

}  // namespace systole
