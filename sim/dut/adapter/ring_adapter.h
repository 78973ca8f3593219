// ring_adapter.h: runs a Verilated design over rings of beats, many cycles per call.
//
// A design brings its adapter as one source file: a class `Pins` that names the design's pins, and
// SYSTOLE_DUT(Pins). The members that `Pins` needs:
//
//   static constexpr Geometry kGeometry;            // best read from the model's parameters
//   static constexpr bool kHasTap;
//   explicit Pins(VerilatedContext* context);       // owns the model
//   void eval();
//   void clock(bool level);
//   void reset(bool active);
//   template <Channel c> void present(const std::uint8_t* beat);  // an input's data, valid high
//   template <Channel c> void withdraw();                         // an input's valid low
//   template <Channel c> bool ready() const;                      // of an input
//   template <Channel c> void accept(bool ready);                 // an output's ready
//   template <Channel c> bool valid() const;                      // of an output
//   template <Channel c> void read(std::uint8_t* beat) const;     // an output's data
//   void poison(std::uint32_t seed);                // optional: noise in the accumulators
#pragma once

#include <verilated.h>

#include <memory>
#include <utility>

#include "sim/dut/abi.h"
#include "sim/dut/adapter/console.h"
#include "sim/dut/adapter/feeds.h"

namespace systole::dut {

template <class Pins>
class RingAdapter {
 public:
  explicit RingAdapter(std::uint32_t seed) {
    const ConsoleScope scope(console_);
    context_.threads(1);
    context_.randReset(2);  // All state starts as noise, not as zeros.
    context_.randSeed(static_cast<int>(seed));
    guarded([&] {
      pins_ = std::make_unique<Pins>(&context_);
      each_input([&]<Channel c>() { pins_->template withdraw<c>(); });
      each_output([&]<Channel c>() { pins_->template accept<c>(false); });
      pins_->reset(true);
      for (int i = 0; i < kResetCycles; ++i) cycle();
      pins_->reset(false);
      cycle();
    });
  }

  ~RingAdapter() {
    const ConsoleScope scope(console_);
    guarded([&] { pins_.reset(); });
  }
  RingAdapter(const RingAdapter&) = delete;
  RingAdapter& operator=(const RingAdapter&) = delete;

  void begin(const abi::Op& op) {
    op_ = op;
    start(op.expected_outputs, op.expected_taps);
    has_stalls_ = false;
    for (const std::uint32_t rate : op.stalls.rate) has_stalls_ |= rate != 0;
  }

  abi::Status run(std::uint64_t max_cycles) {
    if (console_.failed) return abi::Status::kFailed;
    const ConsoleScope scope(console_);
    abi::Status status = abi::Status::kFailed;
    guarded([&] {
      status = has_stalls_ ? loop(RingFeed<true>(op_), max_cycles)
                           : loop(RingFeed<false>(op_), max_cycles);
    });
    publish();
    return console_.failed ? abi::Status::kFailed : status;
  }

  std::uint64_t replay(const abi::Replay& replay, std::uint64_t max_cycles) {
    if (console_.failed) return 0;
    const ConsoleScope scope(console_);
    start(replay.expected_outputs, replay.expected_taps);
    abi::Status status = abi::Status::kFailed;
    guarded([&] { status = loop(MemoryFeed(replay, Pins::kGeometry), max_cycles); });
    publish();
    return status == abi::Status::kDone && !console_.failed ? state_.cycles : 0;
  }

  void poison(std::uint32_t seed) {
    if constexpr (kHasPoison) {
      if (pins_) pins_->poison(seed);
    }
  }

  const abi::State& state() const { return state_; }
  const char* message() const { return console_.text.c_str(); }

  static const abi::Api* api() {
    static const abi::Api api = {
        .version = abi::kVersion,
        .size = sizeof(abi::Api),
        .geometry = Pins::kGeometry,
        .has_tap = Pins::kHasTap,
        .create = [](std::uint32_t seed) -> void* { return new RingAdapter(seed); },
        .destroy = [](void* dut) { delete self(dut); },
        .poison =
            kHasPoison ? +[](void* dut, std::uint32_t seed) { self(dut)->poison(seed); } : nullptr,
        .begin = [](void* dut, const abi::Op* op) { self(dut)->begin(*op); },
        .run = [](void* dut, std::uint64_t most) { return self(dut)->run(most); },
        .state = [](const void* dut) -> const abi::State* {
          return &static_cast<const RingAdapter*>(dut)->state_;
        },
        .message = [](const void* dut) { return static_cast<const RingAdapter*>(dut)->message(); },
        .replay = [](void* dut, const abi::Replay* replay,
                     std::uint64_t most) { return self(dut)->replay(*replay, most); },
    };
    return &api;
  }

 private:
  static constexpr int kResetCycles = 8;
  static constexpr std::uint32_t kOutputChannels = Pins::kHasTap ? 2 : 1;
  static constexpr std::uint32_t kAllInputs = (1u << kInputChannels) - 1;
  static constexpr bool kHasPoison = requires(Pins & pins) { pins.poison(1u); };

  static RingAdapter* self(void* dut) { return static_cast<RingAdapter*>(dut); }

  /// Calls `body<channel>()` for every input, with the channel known at compile time.
  template <class Body>
  static void each_input(Body&& body) {
    [&]<std::size_t... c>(std::index_sequence<c...>) {
      (body.template operator()<static_cast<Channel>(c)>(), ...);
    }
    (std::make_index_sequence<kInputChannels>{});
  }
  template <class Body>
  static void each_output(Body&& body) {
    [&]<std::size_t... c>(std::index_sequence<c...>) {
      (body.template operator()<static_cast<Channel>(kInputChannels + c)>(), ...);
    }
    (std::make_index_sequence<kOutputChannels>{});
  }

  template <class Body>
  void guarded(Body&& body) {
    try {
      Verilated::threadContextp(&context_);  // The runtime asks for it, at destruction too.
      body();
    } catch (const DesignAborted&) {  // The console has failed.
    }
  }

  void start(std::uint64_t outputs, std::uint64_t taps) {
    state_ = {};
    presented_ = settled_ = accepting_ = 0;
    valid_ = ready_ = 0;
    expected_outputs_ = outputs;
    expected_taps_ = Pins::kHasTap ? taps : 0;
    if (!console_.failed) {
      console_.text.clear();
      each_input([&]<Channel c>() { pins_->template withdraw<c>(); });
    }
  }

  template <class Feed>
  abi::Status loop(Feed feed, std::uint64_t max_cycles) {
    for (std::uint64_t used = 0;; ++used) {
      if (state_.channels[kOutput].transfers >= expected_outputs_ &&
          state_.channels[kTap].transfers >= expected_taps_) {
        return abi::Status::kDone;
      }
      if (used == max_cycles) return abi::Status::kQuantum;
      if (settled_ != kAllInputs && !offer_inputs(feed)) return abi::Status::kNeedInput;
      if (!open_outputs(feed)) return abi::Status::kNeedRoom;
      tick(feed);
      if (console_.failed) return abi::Status::kFailed;
    }
  }

  /// Presents the next beats; false when a beat is needed that is not there. A beat, once packed
  /// into the pins, stays there until its transfer.
  template <class Feed>
  bool offer_inputs(Feed& feed) {
    bool complete = true;
    each_input([&]<Channel c>() {
      if ((settled_ & bit(c)) != 0 || !complete) return;
      switch (feed.offer(c, state_.cycles)) {
        case Offer::kBeat:
          pins_->template present<c>(feed.beat(c));
          presented_ |= bit(c);
          settled_ |= bit(c);
          break;
        case Offer::kNone:
          pins_->template withdraw<c>();
          break;
        case Offer::kWait:
          state_.channel = c;
          complete = false;
          break;
      }
    });
    return complete;
  }

  template <class Feed>
  bool open_outputs(Feed& feed) {
    bool has_room = true;
    each_output([&]<Channel c>() {
      const bool accepts = feed.accepts(c, state_.cycles);
      if (accepts && !feed.has_room(c)) {
        state_.channel = c;
        has_room = false;
        return;
      }
      pins_->template accept<c>(accepts);
      accepting_ = accepts ? accepting_ | bit(c) : accepting_ & ~bit(c);
    });
    return has_room;
  }

  /// One cycle. Handshakes are sampled, and results read, just before the rising edge.
  template <class Feed>
  void tick(Feed& feed) {
    pins_->clock(false);
    pins_->eval();
    ready_ = accepting_;
    valid_ = presented_;
    each_input([&]<Channel c>() { ready_ |= pins_->template ready<c>() ? bit(c) : 0; });
    each_output([&]<Channel c>() { valid_ |= pins_->template valid<c>() ? bit(c) : 0; });

    const std::uint32_t moving = ready_ & valid_;
    ++state_.cycles;
    each_input([&]<Channel c>() {
      if ((moving & bit(c)) == 0) return;
      count(c);
      feed.sent(c);
    });
    presented_ &= ~moving;
    settled_ &= ~(moving & kAllInputs);
    each_output([&]<Channel c>() {
      if ((moving & bit(c)) == 0) return;
      count(c);
      if (std::uint8_t* place = feed.place(c)) pins_->template read<c>(place);
      feed.received(c);
    });

    pins_->clock(true);
    pins_->eval();
    context_.timeInc(1);
  }

  void cycle() {
    pins_->clock(false);
    pins_->eval();
    pins_->clock(true);
    pins_->eval();
  }

  void count(Channel channel) {
    abi::ChannelState& state = state_.channels[channel];
    ++state.transfers;
    state.last_cycle = state_.cycles;
  }

  void publish() {
    for (std::uint32_t c = 0; c < kChannelCount; ++c) {
      state_.channels[c].valid = valid_ >> c & 1;
      state_.channels[c].ready = ready_ >> c & 1;
    }
  }

  static constexpr std::uint32_t bit(Channel channel) { return 1u << channel; }

  Console console_;
  VerilatedContext context_;
  std::unique_ptr<Pins> pins_;
  abi::Op op_ = {};
  bool has_stalls_ = false;
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

/// Exports the design's interface.
#define SYSTOLE_DUT(Pins)                                                                        \
  extern "C" __attribute__((visibility("default"))) const systole::abi::Api* systole_dut_api() { \
    return systole::dut::RingAdapter<Pins>::api();                                               \
  }
