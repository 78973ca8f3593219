// memory.h: holds a job's operands and hands out their beats; the monitor collects the results.
#pragma once

#include <optional>
#include <span>
#include <systemc>
#include <vector>

#include "sim/bench/transactor.h"
#include "sim/schedule/beat_source.h"

namespace systole {

/// The operands of the running job, read channel by channel in the schedule's order.
class Memory : public sc_core::sc_module, public BeatReader {
 public:
  explicit Memory(sc_core::sc_module_name name) : sc_module(name) {}

  /// Both must outlive the job.
  void load(const Operands& operands, const Schedule& schedule);
  void read_beats(Channel channel, Ring& ring) override { sources_[channel].fill(ring); }

 private:
  std::vector<BeatSource> sources_;
};

/// Puts output and tap beats into tensors and counts them.
class Monitor : public sc_core::sc_module, public BeatWriter {
 public:
  explicit Monitor(sc_core::sc_module_name name) : sc_module(name) {}

  /// Starts a job whose results go to `output` and `accumulators`, [m x channels].
  void start(const Operands& operands, const Schedule& schedule, std::span<std::int32_t> output,
             std::span<std::int32_t> accumulators);
  void write_beats(Channel channel, Ring& ring) override { sink(channel).drain(ring); }
  std::uint64_t taken(Channel channel) { return sink(channel).taken(); }

 private:
  BeatSink& sink(Channel channel) { return channel == kOutput ? *output_ : *tap_; }

  std::optional<BeatSink> output_;
  std::optional<BeatSink> tap_;
};

}  // namespace systole
