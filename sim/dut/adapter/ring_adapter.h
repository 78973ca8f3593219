// ring_adapter.h: turns a Verilated design into the interface of abi.h.
//
// A design brings its adapter as one source file: a class `Pins` that names the design's pins, and
// SYSTOLE_DUT(Pins). systole_core.cpp is an example. The members that `Pins` needs, those with a
// `Channel` for the channels of `kChannels` only:
//
//   static constexpr Geometry kGeometry;            // best read from the model's parameters
//   static constexpr std::uint32_t kChannels;       // a bit for each channel that there is:
//                                                   // kAllChannels, or channel_bit(kTap) | ...
//   explicit Pins(VerilatedContext* context);       // owns the model, whose class is Vdut
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
//   Vdut& model();                                  // optional: without it there are no waveforms
//
// A file of the same name with the ending .vlt, if there is one, is given to Verilator too.
#pragma once

#include <verilated.h>
#if VM_COVERAGE
#include <verilated_cov.h>
#endif

#include <memory>

#include "sim/dut/abi.h"
#include "sim/dut/adapter/console.h"
#include "sim/dut/adapter/feeds.h"
#include "sim/dut/adapter/run_loop.h"
#include "sim/dut/adapter/tracer.h"

namespace systole::dut {

template <class Pins>
class RingAdapter {
 public:
  explicit RingAdapter(std::uint32_t seed) {
    context_.threads(1);
    // All state starts as noise, not as zeros; but where changes are counted, noise would be some.
    context_.randReset(kHasCoverage ? 0 : 2);
    context_.randSeed(static_cast<int>(seed));
    if constexpr (kHasTrace) context_.traceEverOn(true);
    guarded([&] {
      pins_ = std::make_unique<Pins>(&context_);
      each_input<Pins>([&]<Channel c>() { pins_->template withdraw<c>(); });
      each_output<Pins>([&]<Channel c>() { pins_->template accept<c>(false); });
      pins_->reset(true);
      for (int i = 0; i < kResetCycles; ++i) idle_cycle();
      pins_->reset(false);
      idle_cycle();
    });
  }

  ~RingAdapter() {
    guarded([&] {
      tracer_.close();
      pins_.reset();
    });
  }
  RingAdapter(const RingAdapter&) = delete;
  RingAdapter& operator=(const RingAdapter&) = delete;

  void begin(const abi::Op& op) {
    op_ = op;
    has_stalls_ = false;
    for (const std::uint32_t rate : op.stalls.rate) has_stalls_ |= rate != 0;
    start(op.expected_outputs, op.expected_taps);
  }

  abi::Status run(std::uint64_t max_cycles) {
    return guarded_run([&] {
      return has_stalls_ ? loop_.run(*pins_, RingFeed<true>(op_), max_cycles)
                         : loop_.run(*pins_, RingFeed<false>(op_), max_cycles);
    });
  }

  std::uint64_t replay(const abi::Replay& replay, std::uint64_t max_cycles) {
    start(replay.expected_outputs, replay.expected_taps);
    const abi::Status status = guarded_run(
        [&] { return loop_.run(*pins_, MemoryFeed(replay, Pins::kGeometry), max_cycles); });
    return status == abi::Status::kDone ? loop_.state().cycles : 0;
  }

  void poison(std::uint32_t seed) {
    if constexpr (kHasPoison) {
      if (!console_.failed) pins_->poison(seed);
    }
  }

  const abi::Stopped* stopped() {
    stopped_ = {console_.stop, static_cast<std::uint32_t>(console_.line), console_.file.c_str()};
    return &stopped_;
  }

  void trace(const char* file, std::uint64_t first, std::uint64_t last) {
    if constexpr (kHasTrace) {
      guarded([&] {
        tracer_.close();
        if (file) tracer_.open(pins_->model(), file, first, last);
      });
    }
  }

  void write_coverage([[maybe_unused]] const char* file) {
#if VM_COVERAGE
    guarded([&] { context_.coveragep()->write(file); });
#endif
  }

  static const abi::Api* api() {
    static const abi::Api api = {
        .version = abi::kVersion,
        .size = sizeof(abi::Api),
        .geometry = Pins::kGeometry,
        .has_tap = (Pins::kChannels & channel_bit(kTap)) != 0,
        .create = [](std::uint32_t seed) -> void* { return new RingAdapter(seed); },
        .destroy = [](void* dut) { delete self(dut); },
        .poison =
            kHasPoison ? +[](void* dut, std::uint32_t seed) { self(dut)->poison(seed); } : nullptr,
        .begin = [](void* dut, const abi::Op* op) { self(dut)->begin(*op); },
        .run = [](void* dut, std::uint64_t most) { return self(dut)->run(most); },
        .state = [](const void* dut) { return &self(dut)->loop_.state(); },
        .message = [](const void* dut) { return self(dut)->console_.text.c_str(); },
        .stopped = [](const void* dut) { return self(const_cast<void*>(dut))->stopped(); },
        .replay = [](void* dut, const abi::Replay* replay,
                     std::uint64_t most) { return self(dut)->replay(*replay, most); },
        .trace = kHasTrace ? +[](void* dut, const char* file, std::uint64_t first,
                                 std::uint64_t last) { self(dut)->trace(file, first, last); }
                           : nullptr,
        .write_coverage =
            kHasCoverage ? +[](void* dut, const char* file) { self(dut)->write_coverage(file); }
                         : nullptr,
    };
    return &api;
  }

 private:
  static constexpr int kResetCycles = 8;
  static constexpr bool kHasPoison = requires(Pins & pins) { pins.poison(1u); };
  static constexpr bool kHasTrace = Tracer::kExists && requires(Pins & pins) { pins.model(); };
  static constexpr bool kHasCoverage = VM_COVERAGE != 0;

  static RingAdapter* self(void* dut) { return static_cast<RingAdapter*>(dut); }
  static const RingAdapter* self(const void* dut) { return static_cast<const RingAdapter*>(dut); }

  /// Runs `body` with the hooks and the runtime told whose code it is.
  template <class Body>
  void guarded(Body&& body) {
    const ConsoleScope scope(console_);
    Verilated::threadContextp(&context_);
    try {
      body();
    } catch (const DesignAborted&) {  // The console has failed.
    }
  }

  template <class Body>
  abi::Status guarded_run(Body&& body) {
    abi::Status status = abi::Status::kFailed;
    if (console_.failed) return status;
    guarded([&] { status = body(); });
    loop_.publish();
    return console_.failed ? abi::Status::kFailed : status;
  }

  void start(std::uint64_t outputs, std::uint64_t taps) {
    if (console_.failed) return;
    console_.text.clear();
    tracer_.start_op(loop_.state().cycles);
    loop_.start(*pins_, outputs, taps);
  }

  void idle_cycle() {
    for (const bool level : {false, true}) {
      pins_->clock(level);
      pins_->eval();
    }
  }

  Console console_;
  VerilatedContext context_;
  std::unique_ptr<Pins> pins_;
  Tracer tracer_;
  RunLoop<Pins> loop_{console_, context_, tracer_};
  abi::Op op_ = {};
  bool has_stalls_ = false;
  abi::Stopped stopped_ = {};
};

}  // namespace systole::dut

/// Exports the design's interface.
#define SYSTOLE_DUT(Pins)                                                                        \
  extern "C" __attribute__((visibility("default"))) const systole::abi::Api* systole_dut_api() { \
    return systole::dut::RingAdapter<Pins>::api();                                               \
  }
