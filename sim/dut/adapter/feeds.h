// feeds.h: where an adapter's beats come from and go to: rings, or memory for the bare design.
#pragma once

#include <cstdint>

#include "sim/dut/abi.h"

namespace systole::dut {

/// What a channel has to offer before a tick.
enum class Offer { kBeat, kNone, kWait };

/// True when the stall stream holds `channel` back in `cycle`; seed, channel and cycle decide
/// alone.
inline bool is_held(const abi::Stalls& stalls, std::uint32_t channel, std::uint64_t cycle) {
  const std::uint64_t stream = std::uint64_t{stalls.seed} << 8 | channel;
  std::uint64_t x = (cycle * 0x9e3779b97f4a7c15u) ^ (stream * 0xd1b54a32d192ed03u);
  x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
  x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
  return (x >> 40 & 0xffff) < stalls.rate[channel];
}

/// Beats through an op's rings. `kStalls` is false when no channel has a stall rate.
template <bool kStalls>
class RingFeed {
 public:
  explicit RingFeed(const abi::Op& op) : op_(op) {}

  Offer offer(Channel channel, std::uint64_t cycle) const {
    if (kStalls && is_held(op_.stalls, channel, cycle)) return Offer::kNone;
    const Ring& ring = op_.rings[channel];
    if (!ring.empty()) return Offer::kBeat;
    return ring.ended ? Offer::kNone : Offer::kWait;
  }
  const std::uint8_t* beat(Channel channel) const {
    const Ring& ring = op_.rings[channel];
    return ring.slot(ring.read);
  }
  void sent(Channel channel) { ++op_.rings[channel].read; }

  bool accepts(Channel channel, std::uint64_t cycle) const {
    return !kStalls || !is_held(op_.stalls, channel, cycle);
  }
  bool has_room(Channel channel) const { return !op_.rings[channel].full(); }
  /// Where the next beat of an output goes; null where nobody wants it.
  std::uint8_t* place(Channel channel) const {
    const Ring& ring = op_.rings[channel];
    return ring.slot(ring.written);
  }
  void received(Channel channel) { ++op_.rings[channel].written; }

 private:
  const abi::Op& op_;
};

/// Beats straight from memory; results are counted and dropped.
class MemoryFeed {
 public:
  MemoryFeed(const abi::Replay& replay, const Geometry& geometry) {
    for (std::uint32_t c = 0; c < kInputChannels; ++c) {
      stride_[c] = beat_bytes(static_cast<Channel>(c), geometry);
      next_[c] = replay.beats[c];
      left_[c] = replay.counts[c];
    }
  }

  Offer offer(Channel channel, std::uint64_t) const {
    return left_[channel] > 0 ? Offer::kBeat : Offer::kNone;
  }
  const std::uint8_t* beat(Channel channel) const { return next_[channel]; }
  void sent(Channel channel) {
    next_[channel] += stride_[channel];
    --left_[channel];
  }

  bool accepts(Channel, std::uint64_t) const { return true; }
  bool has_room(Channel) const { return true; }
  std::uint8_t* place(Channel) const { return nullptr; }
  void received(Channel) {}

 private:
  std::size_t stride_[kInputChannels];
  const std::uint8_t* next_[kInputChannels];
  std::uint64_t left_[kInputChannels];
};

}  // namespace systole::dut
