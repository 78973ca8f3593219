// run_loop.h: the cycles of one op: presents beats, ticks, takes results.
#pragma once

#include <verilated.h>

#include <utility>

#include "sim/dut/abi.h"
#include "sim/dut/adapter/console.h"
#include "sim/dut/adapter/feeds.h"
#include "sim/dut/adapter/tracer.h"

namespace systole::dut {

/// A set of channels: bit c stands for channel c.
constexpr std::uint32_t channel_bit(Channel channel) { return 1u << channel; }
inline constexpr std::uint32_t kAllChannels = channel_bit(kChannelCount) - 1;

/// Calls `body<channel>()` for the channels from kFirst up to kEnd that `Pins` has; the channel is
/// known at compile time.
template <class Pins, Channel kFirst, Channel kEnd, class Body>
inline void each_channel(Body&& body) {
  if constexpr (kFirst < kEnd) {
    if constexpr ((Pins::kChannels & channel_bit(kFirst)) != 0) {
      body.template operator()<kFirst>();
    }
    each_channel<Pins, static_cast<Channel>(kFirst + 1), kEnd>(body);
  }
}

template <class Pins, class Body>
inline void each_input(Body&& body) {
  each_channel<Pins, kCommand, static_cast<Channel>(kInputChannels)>(body);
}

template <class Pins, class Body>
inline void each_output(Body&& body) {
  each_channel<Pins, static_cast<Channel>(kInputChannels), kChannelCount>(body);
}

/// `Pins`: see ring_adapter.h.
template <class Pins>
class RunLoop {
 public:
  RunLoop(const Console& console, VerilatedContext& context, Tracer& tracer)
      : console_(console), context_(context), tracer_(tracer) {}

  /// Forgets the op before; its inputs are withdrawn.
  void start(Pins& pins, std::uint64_t outputs, std::uint64_t taps) {
    state_ = {};
    presented_ = settled_ = accepting_ = valid_ = ready_ = 0;
    expected_outputs_ = (Pins::kChannels & bit(kOutput)) != 0 ? outputs : 0;
    expected_taps_ = (Pins::kChannels & bit(kTap)) != 0 ? taps : 0;
    each_input<Pins>([&]<Channel c>() { pins.template withdraw<c>(); });
  }

  template <class Feed>
  abi::Status run(Pins& pins, Feed feed, std::uint64_t max_cycles) {
    for (std::uint64_t used = 0;; ++used) {
      if (state_.channels[kOutput].transfers >= expected_outputs_ &&
          state_.channels[kTap].transfers >= expected_taps_) {
        return abi::Status::kDone;
      }
      if (used == max_cycles) return abi::Status::kQuantum;
      if (settled_ != kAllInputs && !offer_inputs(pins, feed)) return abi::Status::kNeedInput;
      if (!open_outputs(pins, feed)) return abi::Status::kNeedRoom;
      tick(pins, feed);
      if (console_.failed) return abi::Status::kFailed;
    }
  }

  /// Completes the state.
  void publish() {
    for (std::uint32_t c = 0; c < kChannelCount; ++c) {
      state_.channels[c].valid = valid_ >> c & 1;
      state_.channels[c].ready = ready_ >> c & 1;
    }
  }
  const abi::State& state() const { return state_; }

 private:
  static constexpr std::uint32_t kAllInputs = Pins::kChannels & ((1u << kInputChannels) - 1);
  static constexpr std::uint32_t bit(Channel channel) { return channel_bit(channel); }

  /// Presents the next beats; false when a beat is needed that is not there. A beat, once packed
  /// into the pins, stays there until its transfer.
  template <class Feed>
  bool offer_inputs(Pins& pins, Feed& feed) {
    bool is_complete = true;
    each_input<Pins>([&]<Channel c>() {
      if ((settled_ & bit(c)) != 0 || !is_complete) return;
      switch (feed.offer(c, state_.cycles)) {
        case Offer::kBeat:
          pins.template present<c>(feed.beat(c));
          presented_ |= bit(c);
          settled_ |= bit(c);
          break;
        case Offer::kNone:
          pins.template withdraw<c>();
          break;
        case Offer::kWait:
          state_.channel = c;
          is_complete = false;
          break;
      }
    });
    return is_complete;
  }

  template <class Feed>
  bool open_outputs(Pins& pins, Feed& feed) {
    bool has_room = true;
    each_output<Pins>([&]<Channel c>() {
      const bool accepts = feed.accepts(c, state_.cycles);
      if (accepts && !feed.has_room(c)) {
        state_.channel = c;
        has_room = false;
        return;
      }
      pins.template accept<c>(accepts);
      accepting_ = accepts ? accepting_ | bit(c) : accepting_ & ~bit(c);
    });
    return has_room;
  }

  /// One cycle. Handshakes are sampled, and results read, just before the rising edge.
  template <class Feed>
  void tick(Pins& pins, Feed& feed) {
    pins.clock(false);
    pins.eval();
    ready_ = accepting_;
    valid_ = presented_;
    each_input<Pins>([&]<Channel c>() { ready_ |= pins.template ready<c>() ? bit(c) : 0; });
    each_output<Pins>([&]<Channel c>() { valid_ |= pins.template valid<c>() ? bit(c) : 0; });

    const std::uint32_t moving = ready_ & valid_;
    ++state_.cycles;
    tracer_.dump(state_.cycles, Tracer::kLow);
    each_input<Pins>([&]<Channel c>() {
      if ((moving & bit(c)) == 0) return;
      count(c);
      feed.sent(c);
    });
    presented_ &= ~moving;
    settled_ &= ~moving;
    each_output<Pins>([&]<Channel c>() {
      if ((moving & bit(c)) == 0) return;
      count(c);
      if (std::uint8_t* place = feed.place(c)) pins.template read<c>(place);
      feed.received(c);
    });

    pins.clock(true);
    pins.eval();
    tracer_.dump(state_.cycles, Tracer::kHigh);
    context_.timeInc(1);  // $time counts cycles.
  }

  void count(Channel channel) {
    abi::ChannelState& state = state_.channels[channel];
    ++state.transfers;
    state.last_cycle = state_.cycles;
  }

  const Console& console_;
  VerilatedContext& context_;
  Tracer& tracer_;
  abi::State state_ = {};
  std::uint64_t expected_outputs_ = 0;
  std::uint64_t expected_taps_ = 0;
  std::uint32_t presented_ = 0;  ///< Inputs whose valid is high.
  std::uint32_t settled_ = 0;    ///< Inputs that need no attention before the next tick.
  std::uint32_t accepting_ = 0;  ///< Outputs whose ready is high.
  std::uint32_t valid_ = 0;      ///< Of all channels, in the last tick.
  std::uint32_t ready_ = 0;
};

}  // namespace systole::dut
