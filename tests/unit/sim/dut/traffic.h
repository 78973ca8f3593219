// traffic.h: a random matrix product as beats of the core's channels, and what must come back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/dut/abi.h"
#include "sim/dut/dut.h"

namespace systole {

/// Beats of one op, per channel and consecutive in memory.
struct Traffic {
  Geometry geometry;
  std::vector<std::uint8_t> beats[kInputChannels];
  std::vector<std::int32_t> outputs;  ///< [beats x cols], row-major.
  std::vector<std::int32_t> taps;

  std::uint64_t count(Channel channel) const;
  std::uint64_t expected_beats() const { return outputs.size() / geometry.cols; }
};

struct TrafficShape {
  std::uint32_t rows = 5;  ///< Of activations.
  std::uint32_t k_tiles = 2;
  std::uint32_t n_tiles = 2;
  bool residual = true;
  std::uint32_t seed = 1;
};

/// Operands of all 9-bit values, rounding down, outputs clamped to 8 bits.
Traffic make_traffic(const Geometry& geometry, const TrafficShape& shape);

/// How an op is run; `ring_beats` is a power of two.
struct Pace {
  std::uint64_t quantum = 1024;
  std::uint32_t ring_beats = 64;
  std::uint32_t stall_seed = 1;
  std::uint32_t stall_rate = 0;  ///< Of every channel, per 65536.
};

struct Outcome {
  abi::Status status = abi::Status::kFailed;
  std::uint64_t cycles = 0;
  std::vector<std::int32_t> outputs;
  std::vector<std::int32_t> taps;
  std::string message;
  std::uint64_t calls_for_input = 0;
  std::uint64_t calls_for_room = 0;
};

/// Feeds the rings a few beats at a time and empties them, until the op is done or fails.
Outcome drive(Dut& dut, const Traffic& traffic, const Pace& pace = {});

/// The same without rings: cycles, or 0.
std::uint64_t replay(Dut& dut, const Traffic& traffic);

}  // namespace systole
