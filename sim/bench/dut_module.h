// dut_module.h: the design as a temporally decoupled SystemC module.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "sim/bench/coverage_sum.h"
#include "sim/bench/observer.h"
#include "sim/bench/options.h"
#include "sim/dut/dut.h"

namespace systole {

/// A waveform that was asked for.
struct TraceWindow {
  std::filesystem::path file;
  std::uint64_t first, last;  ///< Cycles.
};

/// Runs the design for up to a quantum of cycles per activation and lets the transactors refill and
/// empty the rings in between. Tensors and cycle counts do not depend on the quantum.
class DutModule : public sc_core::sc_module {
 public:
  enum class End { kRunning, kDone, kFailed, kStarved, kAborted };

  sc_core::sc_event start;     ///< Notified by the bench; `prepare` comes first.
  sc_core::sc_event finished;  ///< Notified when `end()` is no longer kRunning.

  DutModule(sc_core::sc_module_name name, const BuiltDut& built, const BenchOptions& options);

  const Dut& dut() const { return *dut_; }
  Ring& ring(Channel channel) { return rings_[channel]; }
  /// The event that asks the transactor of `channel` to serve its ring.
  void connect(Channel channel, sc_core::sc_event& request) { requests_[channel] = &request; }

  /// See Bench.
  void trace(const TraceWindow& window) { window_ = window; }
  void end_trace();
  void observe(BeatObserver observer) { observer_ = std::move(observer); }
  void write_coverage(const std::filesystem::path& file);

  /// Lets `prepare` make a fresh design.
  void restart() { restart_ = true; }
  /// The same with other options.
  void restart(const BenchOptions& options) {
    options_ = options;
    restart_ = true;
    is_fresh_ = false;  // Made from another seed.
  }
  /// Makes a fresh design (when asked to, or after a failure), poisons accumulators,
  /// empties the rings. `op_number` varies the poison and the stalls.
  void prepare(std::uint64_t expected_outputs, std::uint64_t expected_taps,
               std::uint32_t op_number);
  /// Runs with ended, empty inputs for `cycles` and returns the output and tap beats that still
  /// came.
  std::uint64_t settle(std::uint64_t cycles);
  /// Stops the running op at its next return from the design: the watchdog's call.
  void abort() { abort_ = true; }

  End end() const { return end_; }
  Channel starved_channel() const { return starved_; }
  const abi::State& state() const { return dut_->state(); }
  std::string message() const { return dut_->message(); }
  std::uint64_t transfers() const;
  sc_core::sc_time cycles_to_time(std::uint64_t cycles) const;

 private:
  void main_thread();
  void make_fresh();
  End execute();
  std::uint64_t quantum() const { return observer_ ? 1 : options_.quantum; }
  void show_beats();
  bool serve(Channel channel);
  void serve_all();
  void synchronise();
  abi::Op make_op(std::uint64_t outputs, std::uint64_t taps);

  BuiltDut built_;
  BenchOptions options_;
  std::unique_ptr<Dut> dut_;
  std::array<Ring, kChannelCount> rings_;
  std::array<std::vector<std::uint8_t>, kChannelCount> storage_;
  std::array<sc_core::sc_event*, kChannelCount> requests_ = {};
  std::uint64_t expected_outputs_ = 0;
  std::uint64_t expected_taps_ = 0;
  std::uint32_t op_number_ = 0;
  std::uint64_t synchronised_ = 0;  ///< Cycles of the op that SystemC's time has caught up with.
  bool is_fresh_ = true;            ///< No op has run on the design.
  bool restart_ = false;
  End end_ = End::kDone;
  Channel starved_ = kCommand;
  bool abort_ = false;
  std::optional<TraceWindow> window_;
  BeatObserver observer_;
  std::array<std::uint64_t, kChannelCount> shown_ = {};  ///< Beats of the op, to the observer.
  CoverageSum covered_;                                  ///< By the designs before this one.
};

}  // namespace systole
