// bench.h: runs one job at a time on a design under SystemC.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "model/tensor/tensor.h"
#include "sim/bench/observer.h"
#include "sim/bench/options.h"
#include "sim/channel/failure.h"
#include "sim/dut/dut.h"
#include "sim/schedule/operands.h"
#include "sim/schedule/schedule.h"

namespace systole {

enum class JobStatus { kDone, kHang, kFailed };

/// How a simulation ended.
struct JobEnd {
  JobStatus status = JobStatus::kDone;
  std::string message;       ///< Of a hang or failure: channels and beats, or the assertion's text.
  Failure failure;           ///< Its kind and place; kNone where `status` is kDone.
  std::uint64_t cycles = 0;  ///< From the first tick to the last expected output or tap beat.
  bool complete = false;     ///< Every expected output and tap beat came.
  std::uint64_t extra_beats = 0;  ///< Output and tap beats past the expected ones.
};

/// Where what the design computes goes, each [m x channels]; elements that no beat brings stay.
struct JobTensors {
  std::span<std::int32_t> output;        ///< Empty where the job has no mul_quant.
  std::span<std::int32_t> accumulators;  ///< Empty where no beat comes through the tap.
};

/// What the design computed, and how the simulation ended.
struct JobResult : JobEnd {
  IntTensor output;        ///< [m, channels]; all zero where the job has no mul_quant.
  IntTensor accumulators;  ///< [m, channels]; what the tap shows; empty without one.
};

/// The SystemC side: one transactor per channel, memory, monitor, watchdog and the design, which is
/// decoupled from SystemC's time by a quantum. One bench per process (SystemC has one kernel).
class Bench {
 public:
  /// Loads the design. Throws SimulationError when that fails.
  Bench(const BuiltDut& built, const BenchOptions& options);
  ~Bench();

  static std::string systemc_version();
  const Geometry& geometry() const;
  bool has_tap() const;
  bool can_poison() const;
  bool can_trace() const;
  bool counts_coverage() const;

  /// The next job gets a fresh design: seeded, reset.
  void restart();
  /// The same, and it and all later ones are driven as `options` say (the watchdog stays).
  void restart(const BenchOptions& options);
  /// The next job's cycles [first, last], 1 being its first, go to an FST file, complete when `run`
  /// returns; cycles behind the job's end are idle ones. abi.h says which time a cycle has. Needs
  /// `can_trace()`. That `run` throws InputError when the file cannot be written.
  void trace(const std::filesystem::path& file, std::uint64_t first, std::uint64_t last);
  /// Shows `observer` all output and tap beats of the following jobs, which run in lock-step until
  /// an empty one is set.
  void observe(BeatObserver observer);
  /// Writes what all jobs so far have covered, in the format of verilator_coverage. Needs
  /// `counts_coverage()`. Throws InputError when the file cannot be written.
  void write_coverage(const std::filesystem::path& file);
  /// Never throws for what a design does: that is in the result. `number` varies the poison and the
  /// stalls.
  JobEnd run(const Operands& operands, const Schedule& schedule, std::uint32_t number,
             const JobTensors& tensors);
  /// The same with tensors of its own; jobs are numbered in the order of the calls.
  JobResult run(const Operands& operands, const Schedule& schedule);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace systole
