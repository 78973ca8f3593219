// draw_case_test.cpp: cases are legal, repeatable, all of them the design's, and reach the corners.
#include "flows/fuzz/draw_case.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>
#include <set>

#include "model/network/execute.h"
#include "sim/schedule/job.h"
#include "tests/flows/fuzz/geometries.h"

namespace systole {
namespace {

const std::vector<Geometry> kDesigns = test::three_geometries();
constexpr std::uint64_t kCases = 2000;  // A second or two of fuzzing.

template <class Visit>
void for_each_op(Visit visit) {
  for (std::uint64_t number = 0; number < kCases; ++number) {
    const FuzzCase drawn = draw_case(1, number, kDesigns);
    for (const FuzzOp& op : drawn.ops) visit(op, kDesigns[drawn.design]);
  }
}

/// How many ops of the first cases have the property.
template <class Property>
int count_ops(Property property) {
  int count = 0;
  for_each_op([&](const FuzzOp& op, const Geometry&) { count += property(op); });
  return count;
}

template <class Property>
int count_channels(Property property) {
  return count_ops([&](const FuzzOp& op) {
    const auto* quant = op.quant ? std::get_if<MulQuant>(&*op.quant) : nullptr;
    return quant && std::ranges::any_of(quant->channels, property);
  });
}

template <class Property>
int count_quants(Property property) {
  return count_ops([&](const FuzzOp& op) {
    const auto* quant = op.quant ? std::get_if<MulQuant>(&*op.quant) : nullptr;
    return quant && property(*quant);
  });
}

template <class Property>
int count_windows(Property property) {
  return count_ops([&](const FuzzOp& op) {
    const auto* conv = op.product ? std::get_if<IntConv2d>(&*op.product) : nullptr;
    return conv && property(conv->params.window);
  });
}

TEST(DrawCase, GivesLegalCasesOfWhichTheHostComputesNothing) {
  for (std::uint64_t number = 0; number < kCases; ++number) {
    const FuzzCase drawn = draw_case(1, number, kDesigns);
    ASSERT_TRUE(is_legal(drawn)) << "case " << number;
    const FuzzNetwork made = network_of(drawn.ops);
    const Plan plan = plan_jobs(made.network, kDesigns[drawn.design]);
    ASSERT_EQ(plan.host.size(), 0U) << "case " << number << ": " << plan.host[0].reason;
    ASSERT_EQ(plan.jobs.size(), drawn.ops.size()) << "case " << number;
  }
}

TEST(DrawCase, FollowsFromSeedAndNumberAlone) {
  for (std::uint64_t number = 0; number < 50; ++number) {
    const FuzzNetwork first = network_of(draw_case(7, number, kDesigns).ops);
    const FuzzNetwork second = network_of(draw_case(7, number, kDesigns).ops);
    const FuzzNetwork other = network_of(draw_case(8, number, kDesigns).ops);
    EXPECT_TRUE(first.network == second.network && first.inputs == second.inputs) << number;
    EXPECT_FALSE(first.network == other.network && first.inputs == other.inputs) << number;
  }
}

TEST(DrawCase, GoesThroughKindsRoundingsAndDesignsInTheFirstHundredCases) {
  std::set<std::string> kinds;
  std::set<Rounding> roundings;
  std::set<std::size_t> designs;
  for (std::uint64_t number = 0; number < 100; ++number) {
    const FuzzCase drawn = draw_case(1, number, kDesigns);
    designs.insert(drawn.design);
    for (const FuzzOp& op : drawn.ops) {
      kinds.insert(kind_of(op));
      if (const auto* quant = op.quant ? std::get_if<MulQuant>(&*op.quant) : nullptr)
        roundings.insert(quant->rounding);
    }
  }
  EXPECT_EQ(designs.size(), 3U);
  EXPECT_EQ(roundings.size(), 4U);
  EXPECT_THAT(kinds, testing::IsSupersetOf({"int_conv2d", "int_matmul", "depthwise int_conv2d",
                                            "grouped int_conv2d", "int_sum_pool", "max_pool",
                                            "mul_quant", "add", "int_batch_matmul"}));
}

TEST(DrawCase, ReachesTheEndsOfScalesShiftsAndBiases) {
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  for (const int shift : {0, 1, 31, 32, 33, 61, 62})
    EXPECT_GT(count_channels([&](const MulQuantChannel& c) { return c.shift == shift; }), 5)
        << shift;
  for (const std::int32_t scale : {0, 1, -1, kMost, -kMost, -kMost - 1, 32767, -32768})
    EXPECT_GT(count_channels([&](const MulQuantChannel& c) { return c.scale == scale; }), 5)
        << scale;
  EXPECT_GT(count_channels([](const auto& c) { return c.bias > std::int64_t{1} << 61; }), 5);
  EXPECT_GT(count_channels([](const auto& c) { return c.bias < -(std::int64_t{1} << 61); }), 5);
  EXPECT_GT(count_channels([](const auto& c) { return c.residual_shift > 30; }), 5);
  EXPECT_GT(
      count_channels([](const auto& c) { return c.residual_shift == c.shift && c.shift > 0; }), 5);
}

TEST(DrawCase, ReachesTheEndsOfZeroPointsAndClamps) {
  EXPECT_GT(count_quants([](const MulQuant& q) { return q.zero_point == -65536; }), 5);
  EXPECT_GT(count_quants([](const MulQuant& q) { return q.zero_point == 65535; }), 5);
  EXPECT_GT(count_quants([](const MulQuant& q) { return q.clamp == IntRange{-65536, 65535}; }), 5);
  EXPECT_GT(count_quants([](const MulQuant& q) { return q.clamp.lo == q.clamp.hi; }), 2);
  EXPECT_GT(count_quants([](const MulQuant& q) {
              return q.zero_point_form == ZeroPointForm::kSubtract && q.zero_point != 0;
            }),
            50);
  EXPECT_GT(count_quants([](const MulQuant& q) { return q.channels.size() == 1; }), 50);
}

TEST(DrawCase, ReachesTheEndsOfOperands) {
  const auto holds = [](const FuzzOperand& operand, std::int32_t value) {
    return std::ranges::find(operand.tensor.data, value) != operand.tensor.data.end();
  };
  for (const std::int32_t value : {-256, 255, -32768, 32767})
    EXPECT_GT(count_ops([&](const FuzzOp& op) { return holds(op.x, value); }), 20) << value;
  for (const std::int32_t value : {-65536, 65535})
    EXPECT_GT(
        count_ops([&](const FuzzOp& op) { return op.residual && holds(*op.residual, value); }), 20)
        << value;
}

TEST(DrawCase, ReachesWindowsOfAllKinds) {
  EXPECT_GT(count_windows([](const Window& w) { return w.stride[0] != w.stride[1]; }), 20);
  EXPECT_GT(count_windows([](const Window& w) { return w.stride[0] > w.kernel[0]; }), 20);
  EXPECT_GT(count_windows([](const Window& w) { return w.dilation[1] == 3 && w.kernel[1] > 1; }),
            20);
  EXPECT_GT(count_windows([](const Window& w) { return w.padding[0] != w.padding[2]; }), 20);
  EXPECT_GT(count_windows([](const Window& w) { return w.padding[1] >= w.kernel[1]; }), 20);
}

TEST(DrawCase, MeetsTheEdgesOfTilesAndChunks) {
  std::map<std::string, int> seen;
  for_each_op([&](const FuzzOp& op, const Geometry& g) {
    if (kind_of(op) != "int_matmul" && kind_of(op) != "int_batch_matmul") return;
    const MatrixCase all =
        *matrices_of({.x = op.x, .product = op.product, .stationary = op.stationary});
    const Shape& x = op.x.tensor.shape;
    const std::int64_t items = op.stationary ? x[0] * x[1] : 1;
    const std::int64_t m = all.x.shape[0], k = all.depth() / items, n = all.columns() / items;
    seen["one row"] += m == 1;
    seen["one step"] += k == 1;
    seen["one column"] += n == 1;
    seen["whole tile"] += k == g.rows && n == g.cols;
    seen["a step more"] += k == g.rows + 1;
    seen["a column more"] += n == g.cols + 1;
    seen["whole chunk"] += m == g.acc_depth;
    seen["a row more"] += m == g.acc_depth + 1;
  });
  EXPECT_EQ(seen.size(), 8U);
  for (const auto& [edge, count] : seen) EXPECT_GT(count, 2) << edge;
}

TEST(DrawCase, VariesTheBench) {
  std::map<std::string, int> seen;
  for (std::uint64_t number = 0; number < kCases; ++number) {
    const FuzzCase drawn = draw_case(1, number, kDesigns);
    seen["stalls"] += drawn.bench.stall_rate > 0.2;
    seen["none"] += drawn.bench.stall_rate == 0;
    seen["lock-step"] += drawn.bench.quantum == 1;
    seen["several ops"] += drawn.ops.size() > 2;
    seen["a batch"] += drawn.ops[0].x.tensor.shape[0] == 2;
  }
  for (const auto& [what, count] : seen) EXPECT_GT(count, 100) << what;
}

TEST(DrawCase, TakesSumsToTheEndsOf32BitsAndBeyond) {
  constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();
  std::set<std::int32_t> sums;
  for (std::uint64_t number = 498; number < 30000; number += 499) {
    const FuzzCase drawn = draw_case(1, number, kDesigns);
    if (!drawn.allow_wrap) continue;
    const FuzzNetwork made = network_of(drawn.ops);
    const AnyTensors sum = run_integer(made.network, {made.inputs.begin(), made.inputs.end()});
    sums.insert(integers(sum.begin()->second)[0]);
  }
  EXPECT_THAT(sums, testing::IsSupersetOf({kLowest, kLowest + 65536, 2147418112}));
}

TEST(DrawCase, AsksADesignWithoutLanesForProductsOnly) {
  Geometry geometry = kDesigns[0];
  geometry.has_lanes = geometry.has_gemmlowp = 0;
  for (std::uint64_t number = 0; number < 400; ++number) {
    const FuzzCase drawn = draw_case(1, number, {geometry});
    const FuzzNetwork made = network_of(drawn.ops);
    ASSERT_TRUE(is_legal(drawn)) << number;
    ASSERT_TRUE(plan_jobs(made.network, geometry).host.empty()) << number;
  }
}

}  // namespace
}  // namespace systole
