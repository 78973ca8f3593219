// measure.h: how fast a design simulates, bare and under SystemC, on the same beats.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/bench/bench.h"
#include "sim/dut/dut.h"
#include "sim/schedule/schedule.h"

namespace systole {

/// A matrix product that keeps a design of `geometry` busy for about `cycles` cycles: 9-bit
/// operands, 16 K tiles, residual, all from one seed; with the result that the reference computes.
struct Workload {
  IntNode product, quant;
  IntTensor x, residual, expected;
  Job job;
  Operands operands;
  Schedule schedule;
  std::int64_t macs = 0;
};
/// Not movable once made: `job` points into it.
void make_workload(const Geometry& geometry, std::uint64_t cycles, Workload& workload);

/// One timed run. CPU seconds of this thread: the machine's other load does not count.
struct Timing {
  std::uint64_t cycles = 0;
  double seconds = 0.0;
};

/// The design's evaluation loop fed with the workload's beats from memory: no rings, no SystemC.
/// Throws SimulationError when the design does not finish.
Timing run_bare(Dut& dut, const Workload& workload);

/// The same through the SystemC bench. Throws SimulationError when the result is wrong.
Timing run_bench(Bench& bench, const Workload& workload);

/// The median by cycles per second.
Timing median(std::vector<Timing> timings);

}  // namespace systole
