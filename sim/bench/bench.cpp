// bench.cpp: elaborates the modules once and runs jobs on them.
#include "sim/bench/bench.h"

#include <fmt/format.h>

#include <deque>

#include "sim/bench/dut_module.h"
#include "sim/bench/memory.h"
#include "sim/bench/transactor.h"
#include "sim/bench/watchdog.h"

namespace systole {
namespace {

/// How long a design gets to show beats that nobody expects.
std::uint64_t settle_cycles(const Geometry& geometry) {
  return 2ULL * (geometry.rows + geometry.cols) + 32;
}

std::array<std::uint64_t, kChannelCount> expected_beats(const Operands& operands,
                                                        const Schedule& schedule, bool has_tap) {
  std::array<std::uint64_t, kChannelCount> expected = {};
  for (std::uint32_t c = 0; c < kInputChannels; ++c)
    expected[c] = BeatSource(static_cast<Channel>(c), operands, schedule).count();
  expected[kOutput] = schedule.output_beats;
  expected[kTap] = has_tap ? schedule.tap_beats : 0;
  return expected;
}

Failure stopped(const abi::Stopped& stopped, std::uint64_t cycle) {
  return {
      .kind = stopped.stop == abi::Stop::kAssertion ? FailureKind::kAssertion : FailureKind::kOther,
      .file = stopped.file,
      .line = stopped.line,
      .cycle = cycle};
}

/// Several benches may be elaborated before the first run.
const char* unique(const char* name) { return sc_core::sc_gen_unique_name(name); }

}  // namespace

struct Bench::Impl {
  DutModule dut;
  Memory memory{unique("memory")};
  Monitor monitor{unique("monitor")};
  Watchdog watchdog;
  std::deque<InputTransactor> inputs;
  std::deque<OutputTransactor> outputs;
  std::uint32_t op_number = 0;

  Impl(const BuiltDut& built, const BenchOptions& options)
      : dut(unique("dut"), built, options), watchdog(unique("watchdog"), dut, options.watchdog) {
    for (std::uint32_t c = 0; c < kInputChannels; ++c) {
      const auto channel = static_cast<Channel>(c);
      inputs.emplace_back(unique(kChannelNames[c]), channel, dut.ring(channel));
      inputs.back().memory(memory);
      dut.connect(channel, inputs.back().request);
    }
    for (const Channel channel : {kOutput, kTap}) {
      outputs.emplace_back(unique(kChannelNames[channel]), channel, dut.ring(channel));
      outputs.back().monitor(monitor);
      dut.connect(channel, outputs.back().request);
    }
  }

  /// Status and message of the op that has just ended, with beats that were lost or left over.
  void judge(JobEnd& result, const std::array<std::uint64_t, kChannelCount>& expected) {
    const abi::State& state = dut.state();
    result.cycles = state.cycles;
    result.complete =
        monitor.taken(kOutput) >= expected[kOutput] && monitor.taken(kTap) >= expected[kTap];
    switch (dut.end()) {
      case DutModule::End::kDone:
        for (std::uint32_t c = 0; c < kInputChannels; ++c)
          if (state.channels[c].transfers < expected[c]) result.status = JobStatus::kFailed;
        if (result.status == JobStatus::kFailed) {
          result.message = "all outputs came before the inputs were taken: " +
                           describe_channels(state, expected);
          result.failure = {.kind = FailureKind::kOther, .cycle = state.cycles};
        }
        break;
      case DutModule::End::kFailed:
        result.status = JobStatus::kFailed;
        result.message = dut.message();
        result.failure = stopped(dut.dut().stopped(), state.cycles);
        break;
      case DutModule::End::kRunning:
      case DutModule::End::kStarved:
      case DutModule::End::kAborted:
        result.status = JobStatus::kHang;
        result.message = describe_channels(state, expected);
        result.failure = hang(state, expected);
        break;
    }
  }
};

Bench::Bench(const BuiltDut& built, const BenchOptions& options)
    : impl_(std::make_unique<Impl>(built, options)) {}

Bench::~Bench() = default;

std::string Bench::systemc_version() { return sc_core::sc_release(); }
const Geometry& Bench::geometry() const { return impl_->dut.dut().geometry(); }
bool Bench::has_tap() const { return impl_->dut.dut().has_tap(); }
bool Bench::can_poison() const { return impl_->dut.dut().can_poison(); }
bool Bench::can_trace() const { return impl_->dut.dut().can_trace(); }
bool Bench::counts_coverage() const { return impl_->dut.dut().counts_coverage(); }

void Bench::restart() { impl_->dut.restart(); }
void Bench::restart(const BenchOptions& options) { impl_->dut.restart(options); }

void Bench::trace(const std::filesystem::path& file, std::uint64_t first, std::uint64_t last) {
  impl_->dut.trace({file, first, last});
}

void Bench::observe(BeatObserver observer) { impl_->dut.observe(std::move(observer)); }

void Bench::write_coverage(const std::filesystem::path& file) { impl_->dut.write_coverage(file); }

JobResult Bench::run(const Operands& operands, const Schedule& schedule) {
  const OutputOrder& order = operands.layout.order;
  const Shape shape = {operands.layout.channels / order.width * order.m, order.width};
  JobResult result;
  result.output = IntTensor(shape);
  if (has_tap()) result.accumulators = IntTensor(shape);
  static_cast<JobEnd&>(result) =
      run(operands, schedule, ++impl_->op_number, {result.output.data, result.accumulators.data});
  return result;
}

JobEnd Bench::run(const Operands& operands, const Schedule& schedule, std::uint32_t number,
                  const JobTensors& tensors) {
  // Threads reach their first wait before an event can wake them.
  if (sc_core::sc_get_status() == sc_core::SC_ELABORATION) sc_core::sc_start(sc_core::SC_ZERO_TIME);

  JobEnd result;
  const auto expected = expected_beats(operands, schedule, has_tap());
  impl_->memory.load(operands, schedule);
  impl_->monitor.start(operands, schedule, tensors.output, tensors.accumulators);
  impl_->dut.prepare(expected[kOutput], expected[kTap], number);
  impl_->dut.start.notify(sc_core::SC_ZERO_TIME);
  sc_core::sc_start();

  impl_->judge(result, expected);
  if (result.status == JobStatus::kDone)
    result.extra_beats = impl_->dut.settle(settle_cycles(geometry()));
  impl_->dut.end_trace();
  return result;
}

}  // namespace systole

/// SystemC's library refers to it; the bench elaborates and starts from a program's own main.
int sc_main(int, char**) { return 0; }
