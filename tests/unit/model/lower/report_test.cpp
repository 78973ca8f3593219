// report_test.cpp: the differences that a report counts.
#include "model/lower/report.h"

#include <cmath>

#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

Requantise half() {
  return {.dialect = DoubleScale{{0.5}, Rounding::kHalfEven}, .clamp = {-128, 127}};
}

/// y = x / 2, z = y / 2.
Faithful chain() {
  Faithful network;
  network.input({4}, kInt8).add("y", {"x"}, half(), {.type = kInt8});
  network.add("z", {"y"}, half(), {.type = kInt8});
  return network;
}

/// The lowered `chain` with `more` in every y.
Lowered spoilt(std::int64_t more = 3) {
  Lowered lowered = chain().lowered();
  MulQuantChannel& channel = std::get<MulQuant>(lowered.network.nodes[0].op).channels[0];
  channel.bias += more << channel.shift;
  return lowered;
}

TEST(LowerReport, ComparesFromTheFaithfulOperands) {
  const AnyTensors inputs = {{"x", IntTensor({1, 4}, {8, -8, 40, 0})}};
  const LowerReport report = compare_lowered(chain().network, spoilt(), inputs);
  ASSERT_EQ(report.ops.size(), 2);
  EXPECT_EQ(report.ops[0].compared, 4);
  EXPECT_EQ(report.ops[0].differing, 4);
  EXPECT_EQ(report.ops[0].largest, 3);
  // y = 4, -4, 20, 0: 432 against 4 * 9.
  EXPECT_NEAR(report.ops[0].sqnr_db, 10 * std::log10(432.0 / 36), 1e-9);
  EXPECT_EQ(report.ops[1].differing, 0);  // z starts from the faithful y.
  EXPECT_TRUE(std::isinf(report.ops[1].sqnr_db));
  EXPECT_EQ(report.compared(), 8);
}

// z = (y + 3) / 2 = 3.5, -0.5, 11.5, 1.5 -> 4, 0, 12, 2 against 2, -2, 10, 0.
TEST(LowerReport, ComparesTheOutputsOfWholeRuns) {
  const AnyTensors inputs = {{"x", IntTensor({1, 4}, {8, -8, 40, 0})}};
  const LowerReport report = compare_lowered(chain().network, spoilt(), inputs);
  ASSERT_EQ(report.outputs.size(), 1);
  EXPECT_EQ(report.outputs[0].differing, 4);
  EXPECT_EQ(report.outputs[0].largest, 2);
  EXPECT_EQ(report.outputs[0].samples, 1);
  EXPECT_EQ(report.outputs[0].top1_equal, 1);
}

TEST(LowerReport, CountsADifferenceOfOne) {
  const AnyTensors inputs = {{"x", IntTensor({1, 4}, {8, -8, 40, 0})}};
  const LowerReport report = compare_lowered(chain().network, spoilt(-1), inputs);
  EXPECT_EQ(report.ops[0].differing, 4);
  EXPECT_EQ(report.ops[0].largest, 1);
}

TEST(LowerReport, CountsSamplesWithAnotherAnswer) {
  Lowered lowered = chain().lowered();
  std::get<MulQuant>(lowered.network.nodes[1].op).clamp = {-3, 3};  // The first of equals wins.
  const AnyTensors inputs = {
      {"x", IntTensor({3, 4}, {12, 40, 0, 0, 40, 0, 0, 0, -9, -9, -9, 127})}};
  const LowerReport report = compare_lowered(chain().network, lowered, inputs);
  EXPECT_EQ(report.outputs[0].samples, 3);
  EXPECT_EQ(report.outputs[0].top1_equal, 2);
}

TEST(LowerReport, ComparesRealsAsTheCodesThatTheyRoundTo) {
  Faithful network;
  network.input({4}, kInt8).real("logits", {"x"}, FloatMulShift{{3}, {5}, 2});
  const Lowered lowered = network.lowered();
  const LowerReport report = compare_lowered(network.network, lowered, network.samples());
  ASSERT_EQ(report.ops.size(), 1);
  EXPECT_EQ(report.ops[0].from, "float_mul_shift");
  EXPECT_LE(report.ops[0].largest, 1);
  EXPECT_GT(report.ops[0].sqnr_db, 70);
  EXPECT_LT(report.ops[0].sqnr_db, 110);  // Of the reals, not of their codes.
}

TEST(LowerReport, RefusesToCompareNothing) {
  Faithful network;
  network.input({4}, kInt8).add("y", {"x"}, IntClamp{{0, 5}}, {.type = kInt8});
  EXPECT_THROW(network.report(), InputError);
}

}  // namespace
}  // namespace systole
