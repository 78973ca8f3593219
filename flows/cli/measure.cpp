// measure.cpp: seeded operands, beats in memory, a CPU clock.
#include "flows/cli/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <random>

#include "model/ops/int_matmul.h"
#include "sim/dut/error.h"
#include "sim/schedule/beat_source.h"

namespace systole {
namespace {

constexpr std::int64_t kDepthTiles = 16;
constexpr std::int64_t kColumnTiles = 2;
constexpr std::uint32_t kSeed = 1;

/// All values of `bits` bits signed.
IntTensor signed_noise(std::mt19937& random, const Shape& shape, std::uint32_t bits) {
  const std::int32_t bound = 1 << (bits - 1);
  return noise(random, shape, -bound, bound - 1);
}

}  // namespace

IntTensor noise(std::mt19937& random, const Shape& shape, std::int32_t lo, std::int32_t hi) {
  IntTensor tensor(shape);
  for (std::int32_t& value : tensor.data)
    value = lo + static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(hi - lo + 1));
  return tensor;
}

double cpu_seconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void make_workload(const Geometry& geometry, std::uint64_t cycles, Workload& workload) {
  std::mt19937 random(kSeed);
  const std::int64_t depth = kDepthTiles * geometry.rows;
  const std::int64_t channels = kColumnTiles * geometry.cols;
  const std::int64_t rows = static_cast<std::int64_t>(cycles) / (kDepthTiles * kColumnTiles);
  workload.x = signed_noise(random, {rows, depth}, geometry.act_bits);
  const IntTensor weight = signed_noise(random, {depth, channels}, geometry.weight_bits);
  workload.residual = signed_noise(random, {rows, channels}, 16);

  MulQuant quant{.channels = {}, .rounding = Rounding::kHalfEven, .clamp = {-128, 127}};
  for (std::int64_t c = 0; c < channels; ++c)
    quant.channels.push_back({.scale = 20000 + static_cast<std::int32_t>(c),
                              .bias = 123456789 * (c + 1),
                              .shift = 30,
                              .residual_scale = 1000,
                              .residual_shift = 5});
  workload.accumulators = int_matmul(workload.x, weight);
  workload.expected = mul_quant(workload.accumulators, &workload.residual, quant);
  workload.macs = rows * depth * channels;
  workload.product = {"product", {"x"}, IntMatmul{weight}, {}};
  workload.quant = {"quant", {"product", "residual"}, quant, {}};
  workload.job = {&workload.product, &workload.quant};
  workload.operands = make_operands(workload.job, {workload.x, &workload.residual}, geometry);
  workload.schedule = make_schedule(workload.operands.layout);
}

std::vector<std::uint8_t> input_beats(Channel channel, const Workload& workload) {
  BeatSource source(channel, workload.operands, workload.schedule);
  const std::size_t stride = beat_bytes(channel, workload.schedule.geometry);
  std::vector<std::uint8_t> bytes(stride * source.count());
  for (std::uint8_t* beat = bytes.data(); !source.ended(); beat += stride) source.next(beat);
  return bytes;
}

Timing run_bare(Dut& dut, const Workload& workload) {
  std::array<std::vector<std::uint8_t>, kInputChannels> beats;
  abi::Replay replay = {};
  for (std::uint32_t c = 0; c < kInputChannels; ++c) {
    const auto channel = static_cast<Channel>(c);
    beats[c] = input_beats(channel, workload);
    replay.beats[c] = beats[c].data();
    replay.counts[c] = beats[c].size() / beat_bytes(channel, workload.schedule.geometry);
  }
  replay.expected_outputs = workload.schedule.output_beats;
  replay.expected_taps = dut.has_tap() ? workload.schedule.tap_beats : 0;
  const double start = cpu_seconds();
  const std::uint64_t cycles = dut.replay(replay, 100'000'000);
  if (cycles == 0)
    throw SimulationError("the design does not finish the benchmark: " + dut.message());
  return {cycles, cpu_seconds() - start};
}

Timing run_bench(Bench& bench, const Workload& workload) {
  const double start = cpu_seconds();
  const JobResult result = bench.run(workload.operands, workload.schedule);
  const Timing timing = {result.cycles, cpu_seconds() - start};
  if (result.status != JobStatus::kDone || result.output.data != workload.expected.data)
    throw SimulationError("the design computes the benchmark wrongly: " + result.message);
  return timing;
}

Timing run_idle(Dut& dut, std::uint64_t cycles) {
  abi::Replay nothing = {};
  nothing.expected_outputs = 1;  // Never comes: the design runs until `cycles` are used up.
  const double start = cpu_seconds();
  dut.replay(nothing, cycles);
  return {cycles, cpu_seconds() - start};
}

Timing median(std::vector<Timing> timings) {
  std::sort(timings.begin(), timings.end(),
            [](const Timing& a, const Timing& b) { return a.rate() < b.rate(); });
  return timings[timings.size() / 2];
}

}  // namespace systole
