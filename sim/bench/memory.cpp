// memory.cpp: binds the schedule's beat sources and sinks to a job.
#include "sim/bench/memory.h"

namespace systole {

void Memory::load(const Operands& operands, const Schedule& schedule) {
  sources_.clear();
  for (std::uint32_t channel = 0; channel < kInputChannels; ++channel)
    sources_.emplace_back(static_cast<Channel>(channel), operands, schedule);
}

void Monitor::start(const Operands& operands, const Schedule& schedule,
                    std::span<std::int32_t> output, std::span<std::int32_t> accumulators) {
  output_.emplace(kOutput, operands.layout, schedule, output);
  tap_.emplace(kTap, operands.layout, schedule, accumulators);
}

}  // namespace systole
