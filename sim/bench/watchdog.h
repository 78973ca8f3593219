// watchdog.h: ends an op in which nothing moves, and says which channel waits.
#pragma once

#include <string>
#include <systemc>

#include "sim/bench/dut_module.h"
#include "sim/channel/failure.h"

namespace systole {

/// Wakes every `limit` cycles while an op runs and aborts it when no channel has transferred a beat
/// since the last look.
class Watchdog : public sc_core::sc_module {
 public:
  Watchdog(sc_core::sc_module_name name, DutModule& dut, std::uint64_t limit);

 private:
  void watch();

  DutModule& dut_;
  std::uint64_t limit_;
};

/// The unfinished channel that has been silent for longest, where there is one, and the last
/// transfer on any channel; `expected`: the beats that each should have seen.
Failure hang(const abi::State& state, const std::array<std::uint64_t, kChannelCount>& expected);

/// "stuck on weight (8 of 16 beats, the last in cycle 31); command: ..." for the beats that each
/// channel should have seen. The stuck channel is the one of `hang`.
std::string describe_channels(const abi::State& state,
                              const std::array<std::uint64_t, kChannelCount>& expected);

}  // namespace systole
