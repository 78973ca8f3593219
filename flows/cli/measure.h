// measure.h: how fast a design simulates, bare and under SystemC, on the same beats.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "sim/bench/bench.h"
#include "sim/dut/dut.h"
#include "sim/schedule/schedule.h"

namespace systole {

/// CPU seconds of this thread.
double cpu_seconds();

/// Random integers in [lo, hi].
IntTensor noise(std::mt19937& random, const Shape& shape, std::int32_t lo, std::int32_t hi);

/// A matrix product that keeps a design of `geometry` busy for about `cycles` cycles: operands of
/// all its bits, 16 K tiles, residual, all from one seed; with the result of the reference.
struct Workload {
  IntNode product, quant;
  IntTensor x, residual, accumulators, expected;
  Job job;
  Operands operands;
  Schedule schedule;
  std::int64_t macs = 0;
};
/// Not movable once made: `job` points into it.
void make_workload(const Geometry& geometry, std::uint64_t cycles, Workload& workload);

/// All beats of an input channel, one after the other.
std::vector<std::uint8_t> input_beats(Channel channel, const Workload& workload);

/// One timed run. CPU seconds of this thread: the machine's other load does not count.
struct Timing {
  std::uint64_t cycles = 0;
  double seconds = 0.0;

  double rate() const { return static_cast<double>(cycles) / seconds; }  ///< Cycles per second.
};

/// The design's evaluation loop fed with the workload's beats from memory: no rings, no SystemC.
/// Throws SimulationError when the design does not finish.
Timing run_bare(Dut& dut, const Workload& workload);

/// The same through the SystemC bench. Throws SimulationError when the result is wrong.
Timing run_bench(Bench& bench, const Workload& workload);

/// The same cycles with nothing to do: no beat on any channel. What a bubble costs.
Timing run_idle(Dut& dut, std::uint64_t cycles);

/// The median by cycles per second.
Timing median(std::vector<Timing> timings);

}  // namespace systole
