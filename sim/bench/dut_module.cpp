// dut_module.cpp: the quantum loop.
#include "sim/bench/dut_module.h"

#include <algorithm>
#include <bit>

namespace systole {
namespace {

constexpr std::uint32_t kLeastRingBeats =
    512;  // Few returns from the design, still within a cache.
const sc_core::sc_time kClockPeriod(1, sc_core::SC_NS);

std::uint32_t ring_beats(const Geometry& geometry) {
  return std::max(kLeastRingBeats, std::bit_ceil(4 * geometry.lanes()));
}

/// A seed in [1, 2^31 - 1] for the op that follows from `seed` and nothing else.
std::uint32_t op_seed(std::uint32_t seed, std::uint32_t op_number) {
  return (seed * 2654435761U + op_number * 40503U) % 0x7fffffffU + 1U;
}

}  // namespace

DutModule::DutModule(sc_core::sc_module_name name, const BuiltDut& built,
                     const BenchOptions& options)
    : sc_module(name),
      built_(built),
      options_(options),
      dut_(std::make_unique<Dut>(built, options.seed)) {
  for (std::uint32_t c = 0; c < kChannelCount; ++c) {
    const std::size_t stride = beat_bytes(static_cast<Channel>(c), dut_->geometry());
    rings_[c].stride = static_cast<std::uint32_t>(stride);
    rings_[c].capacity = ring_beats(dut_->geometry());
    storage_[c].resize(stride * rings_[c].capacity);
    rings_[c].data = storage_[c].data();
  }
  SC_HAS_PROCESS(DutModule);
  SC_THREAD(main_thread);
}

sc_core::sc_time DutModule::cycles_to_time(std::uint64_t cycles) const {
  return kClockPeriod * static_cast<double>(cycles);
}

std::uint64_t DutModule::transfers() const {
  std::uint64_t sum = 0;
  for (const abi::ChannelState& channel : dut_->state().channels) sum += channel.transfers;
  return sum;
}

abi::Op DutModule::make_op(std::uint64_t outputs, std::uint64_t taps) {
  abi::Op op = {};
  op.rings = rings_.data();
  op.stalls.seed = op_seed(options_.stall_seed, op_number_);
  for (std::uint32_t& rate : op.stalls.rate)
    rate = static_cast<std::uint32_t>(options_.stall_rate * 65536.0);
  op.expected_outputs = outputs;
  op.expected_taps = taps;
  return op;
}

void DutModule::prepare(std::uint64_t expected_outputs, std::uint64_t expected_taps,
                        std::uint32_t op_number) {
  if (!is_fresh_ && (restart_ || options_.reset || end_ != End::kDone)) make_fresh();
  is_fresh_ = restart_ = false;
  op_number_ = op_number;
  if (options_.poison && dut_->can_poison()) dut_->poison(op_seed(options_.seed, op_number));
  for (std::uint32_t c = 0; c < kChannelCount; ++c) {
    rings_[c].written = rings_[c].read = 0;
    rings_[c].ended = 0;
    std::fill(storage_[c].begin(), storage_[c].end(), std::uint8_t{0});
  }
  expected_outputs_ = expected_outputs;
  expected_taps_ = dut_->has_tap() ? expected_taps : 0;
  synchronised_ = 0;
  shown_ = {};
  if (window_) dut_->trace(window_->file, window_->first, window_->last);
  abort_ = false;
  end_ = End::kRunning;
}

void DutModule::make_fresh() {
  if (dut_->counts_coverage()) covered_.add(*dut_);
  dut_ = std::make_unique<Dut>(built_, options_.seed);
}

void DutModule::end_trace() {
  if (window_) dut_->end_trace();
  window_.reset();
}

void DutModule::write_coverage(const std::filesystem::path& file) {
  CoverageSum sum = covered_;
  sum.add(*dut_);
  sum.write(file);
}

std::uint64_t DutModule::settle(std::uint64_t cycles) {
  for (Ring& ring : rings_) {
    ring.read = ring.written;
    ring.ended = 1;
  }
  abi::Op op = make_op(cycles + 1, cycles + 1);  // More than can come: `run` uses all cycles.
  for (std::uint32_t& rate : op.stalls.rate) rate = 0;
  dut_->begin(op);
  dut_->run(cycles);
  const abi::ChannelState* channels = dut_->state().channels;
  return channels[kOutput].transfers + channels[kTap].transfers;
}

/// Lets the transactor of `channel` run; true when its ring can go on afterwards.
bool DutModule::serve(Channel channel) {
  requests_[channel]->notify();
  wait(sc_core::SC_ZERO_TIME);
  const Ring& ring = rings_[channel];
  return channel < kInputChannels ? !ring.empty() || ring.ended : !ring.full();
}

/// At a quantum's end: refills input rings that are at most half full, empties output rings.
void DutModule::serve_all() {
  for (std::uint32_t c = 0; c < kChannelCount; ++c) {
    const Ring& ring = rings_[c];
    const std::uint64_t beats = ring.written - ring.read;
    const bool due =
        c < kInputChannels ? !ring.ended && beats <= ring.capacity / 2 : beats > ring.capacity / 2;
    if (due) requests_[c]->notify();
  }
}

/// Lets SystemC's time catch up with the design's cycles.
void DutModule::synchronise() {
  const std::uint64_t cycles = dut_->state().cycles;
  if (cycles == synchronised_) return;
  wait(cycles_to_time(cycles - synchronised_));
  synchronised_ = cycles;
}

/// The beats of the last cycle: at most one per channel, in lock-step.
void DutModule::show_beats() {
  for (const Channel channel : {kOutput, kTap}) {
    const abi::ChannelState& state = dut_->state().channels[channel];
    if (state.transfers == shown_[channel]) continue;
    observer_(channel, shown_[channel]++, state.last_cycle);
  }
}

DutModule::End DutModule::execute() {
  for (std::uint32_t c = 0; c < kInputChannels; ++c) serve(static_cast<Channel>(c));
  dut_->begin(make_op(expected_outputs_, expected_taps_));
  for (;;) {
    const std::uint64_t ahead = dut_->state().cycles - synchronised_;
    const abi::Status status = dut_->run(quantum() - ahead);
    if (observer_) show_beats();
    switch (status) {
      case abi::Status::kQuantum:
        serve_all();
        synchronise();
        if (abort_) return End::kAborted;
        break;
      case abi::Status::kNeedInput:
      case abi::Status::kNeedRoom:
        starved_ = static_cast<Channel>(dut_->state().channel);
        if (!serve(starved_)) return End::kStarved;
        break;
      case abi::Status::kDone:
        synchronise();
        return End::kDone;
      case abi::Status::kFailed:
        synchronise();
        return End::kFailed;
    }
  }
}

void DutModule::main_thread() {
  for (;;) {
    wait(start);
    end_ = execute();
    for (const Channel channel : {kOutput, kTap}) serve(channel);
    finished.notify();
  }
}

}  // namespace systole
