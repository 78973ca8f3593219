// abi.h: the versioned C interface between the bench and a design's shared object.
//
// The object exports one symbol, `systole_dut_api`. Every function is called from one thread.
#pragma once

#include <cstdint>

#include "sim/channel/beats.h"
#include "sim/channel/ring.h"

namespace systole::abi {

/// Raised by one whenever a struct or the meaning of a call changes.
inline constexpr std::uint32_t kVersion = 4;

/// Why `run` returned.
enum class Status : std::uint32_t {
  kQuantum,    ///< `max_cycles` are used up.
  kNeedInput,  ///< Before a tick that needs a beat of `State::channel`, which is neither there nor
               ///< ended.
  kNeedRoom,   ///< Before a tick that may write to the full output ring `State::channel`.
  kDone,       ///< After the tick that transferred the op's last expected output and tap beat.
  kFailed,     ///< $fatal, $stop or an assertion: `message` tells which.
};

/// A stall stream per channel: in each cycle the channel is held back (input: no new beat is
/// presented; output: not ready) with probability `rate / 65536`. Seed and cycle decide alone.
struct Stalls {
  std::uint32_t seed;
  std::uint32_t rate[kChannelCount];
};

/// One op: its rings (indexed by channel, owned by the caller), stalls and expected output beats.
struct Op {
  Ring* rings;
  Stalls stalls;
  std::uint64_t expected_outputs;
  std::uint64_t expected_taps;
};

struct ChannelState {
  std::uint64_t transfers;   ///< Since `begin`.
  std::uint64_t last_cycle;  ///< Cycle of the last transfer.
  std::uint32_t valid;       ///< As of the last tick.
  std::uint32_t ready;
};

struct State {
  std::uint64_t cycles;  ///< Since `begin`.
  std::uint32_t channel;
  std::uint32_t reserved;
  ChannelState channels[kChannelCount];
};

/// How a design stopped, when `run` returned kFailed.
enum class Stop : std::uint32_t {
  kNone,
  kAssertion,  ///< An assertion, $fatal, $error or $stop.
  kFinish,     ///< $finish.
  kSimulator,  ///< Verilator's runtime could not go on.
};

struct Stopped {
  Stop stop;
  std::uint32_t line;
  const char* file;  ///< As Verilator was given it; empty where `stop` is kNone.
};

/// Cycle c (counted from 1, as in State) of a waveform: the clock is low, and the pins are as its
/// transfers see them, from time `c * kTicksPerCycle`; its rising edge is half of that later.
inline constexpr std::uint64_t kTicksPerCycle = 10;

/// All beats of an op, consecutive in memory, for a run of the bare design without rings.
struct Replay {
  const std::uint8_t* beats[kInputChannels];
  std::uint64_t counts[kInputChannels];
  std::uint64_t expected_outputs;
  std::uint64_t expected_taps;
};

struct Api {
  std::uint32_t version;
  std::uint32_t size;  ///< sizeof(Api) when the object was built.
  Geometry geometry;
  std::uint32_t has_tap;

  /// A design in reset-released idle state; `seed` in [1, 2^31 - 1] randomises all state (a
  /// covering build starts from zeros). Null on failure.
  void* (*create)(std::uint32_t seed);
  void (*destroy)(void* dut);
  /// Optional (null where a design lacks it): overwrites the accumulators with noise, no cycle
  /// passes.
  void (*poison)(void* dut, std::uint32_t seed);
  void (*begin)(void* dut, const Op* op);
  Status (*run)(void* dut, std::uint64_t max_cycles);
  const State* (*state)(const void* dut);
  const char* (*message)(const void* dut);
  const Stopped* (*stopped)(const void* dut);
  /// Runs a whole op without rings; returns its cycles, or 0 when it failed or took `max_cycles`.
  std::uint64_t (*replay)(void* dut, const Replay* replay, std::uint64_t max_cycles);

  /// Null but in a tracing build of an adapter with `model()`: writes the cycles [first, last] from
  /// the next `begin` on to an FST file. Cycles are counted on through later ops, until a call with
  /// a null `file` completes the waveform.
  void (*trace)(void* dut, const char* file, std::uint64_t first, std::uint64_t last);
  /// Null but in a covering build: writes the counts of this design so far, in Verilator's format.
  void (*write_coverage)(void* dut, const char* file);
};

}  // namespace systole::abi

extern "C" const systole::abi::Api* systole_dut_api();
