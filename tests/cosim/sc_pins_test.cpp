// sc_pins_test.cpp: one op through Verilator's own SystemC pins equals the adapter in tensors and
// cycles.
#include <gtest/gtest.h>

#include <cstring>
#include <sstream>

#include "model/config/settings.h"
#include "model/ops/int_matmul.h"
#include "sim/bench/bench.h"
#include "sim/dut/config.h"
#include "sim/schedule/beat_source.h"
#include "tests/fixtures/draw.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

/// The core at 4x4 as the whole runs of this folder build it, so that one build serves all.
BuiltDut build() {
  const TempDirectory folder;
  const std::string file =
      folder.write("run.yaml", "dut: {optimize: O0, parameters: {Rows: 4, Cols: 4}}");
  ::setenv("SYSTOLE_CACHE", SYSTOLE_TEST_CACHE, 1);
  return build_dut(parse_dut_config(Settings::load(file, dut_keys())));
}

void write_beats(Channel channel, const Operands& operands, const Schedule& schedule,
                 const TempDirectory& folder) {
  BeatSource source(channel, operands, schedule);
  const std::size_t stride = beat_bytes(channel, schedule.geometry);
  std::string bytes(stride * source.count(), '\0');
  for (std::size_t at = 0; !source.ended(); at += stride)
    source.next(reinterpret_cast<std::uint8_t*>(bytes.data()) + at);
  folder.write(kChannelNames[channel], bytes);
}

IntTensor read_beats(Channel channel, const Operands& operands, const Schedule& schedule,
                     const TempDirectory& folder) {
  IntTensor tensor({operands.layout.m, operands.layout.channels});
  const std::string bytes = read_text(folder / kChannelNames[channel]);
  BeatSink sink(channel, operands.layout, schedule, tensor.data);
  const std::size_t stride = beat_bytes(channel, schedule.geometry);
  for (std::size_t at = 0; at + stride <= bytes.size(); at += stride)
    sink.take(reinterpret_cast<const std::uint8_t*>(bytes.data()) + at);
  return tensor;
}

TEST(VerilatorsOwnPins, GiveTheAdaptersTensorsInAsManyCycles) {
  constexpr unsigned kSeed = 5;
  Draw draw(kSeed);
  const IntTensor x = draw.codes({7, 10}, 512, -256);  // Ragged in K and N.
  const IntTensor w = draw.codes({10, 6}, 512, -256);
  const IntTensor residual = draw.codes({7, 6}, 65536, -32768);
  MulQuant quant{.channels = {}, .zero_point = -3, .clamp = {-100, 120}};
  for (int c = 0; c < 6; ++c) quant.channels.push_back({-9000 + 4001 * c, 1 << 18, 19, 700, 5});
  const IntNode product{"fc", {"x"}, IntMatmul{w}, {}};
  const IntNode rescale{"fc.quant", {"fc", "r"}, quant, {}};

  Bench bench(build(), {});
  const Operands operands = make_operands({&product, &rescale}, {x, &residual}, bench.geometry());
  const Schedule schedule = make_schedule(operands.layout);
  const JobResult adapter = bench.run(operands, schedule);
  ASSERT_EQ(adapter.status, JobStatus::kDone) << adapter.message;

  const TempDirectory folder;
  for (std::uint32_t c = 0; c < kInputChannels; ++c)
    write_beats(static_cast<Channel>(c), operands, schedule, folder);
  const Finished pins =
      run_process({SYSTOLE_TEST_SC_PINS, folder.path(), std::to_string(schedule.output_beats),
                   std::to_string(schedule.tap_beats)});
  ASSERT_EQ(pins.exit_code, 0) << pins.out << pins.err;

  const IntTensor acc = int_matmul(x, w);
  EXPECT_EQ(read_beats(kTap, operands, schedule, folder).data, acc.data) << "seed " << kSeed;
  EXPECT_EQ(adapter.accumulators.data, acc.data);
  EXPECT_EQ(read_beats(kOutput, operands, schedule, folder).data, adapter.output.data);
  EXPECT_EQ(adapter.output.data, mul_quant(acc, &residual, quant).data);
  std::istringstream printed(pins.out.substr(pins.out.rfind('\n', pins.out.size() - 2) + 1));
  std::uint64_t cycles = 0;
  printed >> cycles;
  EXPECT_EQ(cycles, adapter.cycles);
}

}  // namespace
}  // namespace systole::test
