// dut.h: one instance of a built design: a thin, typed wrapper of the interface in abi.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "sim/dut/abi.h"
#include "sim/dut/builder.h"

namespace systole {

/// What a design's object says of it.
struct DutFacts {
  Geometry geometry;
  bool has_tap = false;
  bool can_poison = false;
  bool can_trace = false;
};

/// Reads them without making an instance. Throws SimulationError when the object is no design's or
/// of another version of the interface.
DutFacts read_facts(const BuiltDut& built);

/// A design in reset-released idle state, used by one thread. Any number of instances and revisions
/// live side by side.
class Dut {
 public:
  /// Loads the object; `seed`, in [1, 2^31 - 1], randomises all state. Throws SimulationError when
  /// it is no design's object or of another version of the interface, or when the design fails
  /// during its reset.
  Dut(const BuiltDut& built, std::uint32_t seed);
  ~Dut();
  Dut(const Dut&) = delete;
  Dut& operator=(const Dut&) = delete;

  const Geometry& geometry() const { return api_->geometry; }
  bool has_tap() const { return api_->has_tap != 0; }
  bool can_poison() const { return api_->poison != nullptr; }
  bool can_trace() const { return api_->trace != nullptr; }
  bool counts_coverage() const { return api_->write_coverage != nullptr; }

  /// Overwrites the accumulators with noise; the design must be idle and `can_poison()`.
  void poison(std::uint32_t seed);

  /// Starts an op. `op` is copied, its rings are used until the next op; the output rings must hold
  /// at least one beat. Beats that the op before left untaken are withdrawn.
  void begin(const abi::Op& op);
  /// Up to `max_cycles` cycles of the op. After kDone, and after kFailed, no cycle passes any more.
  abi::Status run(std::uint64_t max_cycles) { return api_->run(dut_, max_cycles); }
  const abi::State& state() const { return *api_->state(dut_); }
  /// What the design printed since `begin`, and why it failed.
  std::string message() const { return api_->message(dut_); }
  /// Where and how it stopped, after kFailed.
  const abi::Stopped& stopped() const { return *api_->stopped(dut_); }

  /// A whole op without rings; its cycles, or 0 when it failed or took `max_cycles`.
  std::uint64_t replay(const abi::Replay& replay, std::uint64_t max_cycles);

  /// Writes the cycles [first, last] from the next `begin` on, cycle 1 being the first, to an FST
  /// file, until `end_trace` completes it. Needs `can_trace()`. Throws InputError when the file
  /// cannot be written.
  void trace(const std::filesystem::path& file, std::uint64_t first, std::uint64_t last);
  void end_trace() { api_->trace(dut_, nullptr, 0, 0); }

  /// Writes what this design has covered since its creation, in the format of verilator_coverage.
  /// Needs `counts_coverage()`. Throws InputError when the file cannot be written.
  void write_coverage(const std::filesystem::path& file);

 private:
  std::shared_ptr<void> in_use_;
  std::shared_ptr<void> object_;
  const abi::Api* api_ = nullptr;
  void* dut_ = nullptr;
};

}  // namespace systole
