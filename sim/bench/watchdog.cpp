// watchdog.cpp: looks at the transfer counts.
#include "sim/bench/watchdog.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole {
namespace {

using Beats = std::array<std::uint64_t, kChannelCount>;

std::string describe(std::uint32_t channel, const abi::ChannelState& state,
                     std::uint64_t expected) {
  const char* waits = state.valid && !state.ready   ? ", valid but not ready"
                      : !state.valid && state.ready ? ", ready but not valid"
                                                    : "";
  const std::string last =
      state.transfers ? fmt::format("the last in cycle {}", state.last_cycle) : "none yet";
  return fmt::format("{} ({} of {} beats, {}{})", kChannelNames[channel], state.transfers, expected,
                     last, waits);
}

/// kChannelCount when all have seen their beats.
std::uint32_t stuck_channel(const abi::State& state, const Beats& expected) {
  std::uint32_t stuck = kChannelCount;
  for (std::uint32_t c = 0; c < kChannelCount; ++c) {
    if (state.channels[c].transfers >= expected[c]) continue;
    if (stuck == kChannelCount || state.channels[c].last_cycle < state.channels[stuck].last_cycle)
      stuck = c;
  }
  return stuck;
}

}  // namespace

Watchdog::Watchdog(sc_core::sc_module_name name, DutModule& dut, std::uint64_t limit)
    : sc_module(name), dut_(dut), limit_(limit) {
  SC_HAS_PROCESS(Watchdog);
  SC_THREAD(watch);
}

void Watchdog::watch() {
  for (;;) {
    wait(dut_.start);
    std::uint64_t seen = 0;
    while (dut_.end() == DutModule::End::kRunning) {
      wait(dut_.cycles_to_time(limit_), dut_.finished);
      if (dut_.end() != DutModule::End::kRunning) break;
      if (dut_.transfers() == seen) dut_.abort();
      seen = dut_.transfers();
    }
  }
}

Failure hang(const abi::State& state, const Beats& expected) {
  Failure failure{.kind = FailureKind::kHang};
  for (const abi::ChannelState& channel : state.channels)
    failure.cycle = std::max(failure.cycle, channel.last_cycle);
  const std::uint32_t stuck = stuck_channel(state, expected);
  if (stuck != kChannelCount) failure.channel = kChannelNames[stuck];
  return failure;
}

std::string describe_channels(const abi::State& state, const Beats& expected) {
  const std::uint32_t stuck = stuck_channel(state, expected);
  if (stuck == kChannelCount) return "every channel has seen all its beats";
  std::string text = "stuck on " + describe(stuck, state.channels[stuck], expected[stuck]);
  for (std::uint32_t c = 0; c < kChannelCount; ++c)
    if (c != stuck && state.channels[c].transfers < expected[c])
      text += "; " + describe(c, state.channels[c], expected[c]);
  return text;
}

}  // namespace systole
