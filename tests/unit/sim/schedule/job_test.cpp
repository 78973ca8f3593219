// job_test.cpp: ops are grouped into jobs by what the design can take.
#include "sim/schedule/job.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

constexpr Geometry kGeometry = {4, 4, 16, 32};

IntNode node(const std::string& name, std::vector<std::string> inputs, IntOp op, IntType type) {
  return {name, std::move(inputs), std::move(op), {.type = type}};
}

MulQuant quant(std::int32_t scale = 1, std::int32_t residual_scale = 0) {
  return {.channels = {{scale, 0, 0, residual_scale, 0}}, .clamp = {-128, 127}};
}

IntNetwork with_nodes(std::vector<IntNode> nodes, IntType input = {8, true}) {
  return {"test", {{"x", {1, 1, 2}, {.type = input}}}, {nodes.back().name}, nodes};
}

const IntMatmul kMatmul{IntTensor({2, 2}, 1)};

TEST(PlanJobs, PairsAProductWithItsMulQuant) {
  const IntNetwork network = with_nodes(
      {node("fc", {"x"}, kMatmul, {32, true}), node("fc.quant", {"fc"}, quant(), {8, true})});
  const Plan plan = plan_jobs(network, kGeometry);
  ASSERT_EQ(plan.jobs.size(), 1U);
  EXPECT_EQ(plan.jobs[0].product->name, "fc");
  EXPECT_EQ(plan.jobs[0].quant->name, "fc.quant");
  EXPECT_TRUE(plan.host.empty());
}

TEST(PlanJobs, RunsAProductWithoutMulQuantForItsAccumulators) {
  const IntNetwork network = with_nodes({node("fc", {"x"}, kMatmul, {32, true})});
  const Plan plan = plan_jobs(network, kGeometry);
  ASSERT_EQ(plan.jobs.size(), 1U);
  EXPECT_EQ(plan.jobs[0].quant, nullptr);
}

TEST(PlanJobs, StreamsAMulQuantOfNarrowCodes) {
  const IntNetwork network = with_nodes({node("q", {"x"}, quant(), {8, true})}, {16, true});
  const Plan plan = plan_jobs(network, kGeometry);
  ASSERT_EQ(plan.jobs.size(), 1U);
  EXPECT_EQ(plan.jobs[0].product, nullptr);
}

/// A product of x [2, 2] and y [2, 2] of these types.
Plan plan_of(const IntBatchMatmul& op, IntType x, IntType y, const Geometry& geometry = kGeometry) {
  static IntNetwork network;
  network = with_nodes({node("qk", {"x", "y"}, op, {32, true})}, x);
  network.inputs[0].shape = {2, 2};
  network.inputs.push_back({"y", {2, 2}, {.type = y}});
  return plan_jobs(network, geometry);
}

TEST(PlanJobs, MultipliesTwoActivationsOnTheArray) {
  const Plan plan = plan_of({}, {8, false}, {8, true});
  ASSERT_EQ(plan.jobs.size(), 1U);
  EXPECT_EQ(plan.jobs[0].product->name, "qk");
  EXPECT_EQ(plan.jobs[0].columns, 2);
  EXPECT_TRUE(plan.host.empty());
}

TEST(PlanJobs, LeavesToTheHostActivationsThatDoNotFitTheArray) {
  const auto reason = [](const Plan& plan) { return plan.host.empty() ? "" : plan.host[0].reason; };
  EXPECT_EQ(reason(plan_of({}, {9, true}, {9, true})), "");
  EXPECT_EQ(reason(plan_of({}, {9, false}, {8, true})),
            "input x is in [0, 511], the design takes [-256, 255] (9 bits signed)");
  EXPECT_EQ(reason(plan_of({}, {8, true}, {10, true})),
            "input y is in [-512, 511], the design takes [-256, 255] (9 bits signed)");
  Geometry narrow = kGeometry;
  narrow.weight_bits = 8;
  EXPECT_EQ(reason(plan_of({}, {8, false}, {8, false}, narrow)),
            "input y is in [0, 255], the design takes [-128, 127] (8 bits signed)");
  const char* kZeroPoint = "a zero point of its operands is not 0; lower it";
  EXPECT_EQ(reason(plan_of({.zero_point_a = 1}, {8, true}, {8, true})), kZeroPoint);
  EXPECT_EQ(reason(plan_of({.zero_point_b = -1}, {8, true}, {8, true})), kZeroPoint);
}

TEST(PlanJobs, LeavesToTheHostProbabilitiesOf256) {
  IntNetwork network = with_nodes({node("p", {"x"}, IntClamp{{0, 256}}, {9, false}),
                                   node("pv", {"p", "y"}, IntBatchMatmul{}, {32, true})},
                                  {9, false});
  network.inputs[0].shape = {2, 2};
  network.inputs.push_back({"y", {2, 2}, {.type = {8, true}}});
  const Plan plan = plan_jobs(network, kGeometry);
  ASSERT_EQ(plan.host.size(), 2U);
  EXPECT_EQ(plan.host[1].reason,
            "input p is in [0, 256], the design takes [-256, 255] (9 bits signed)");
}

TEST(PlanJobs, LeavesToTheHostWhatTheStreamCannotCarry) {
  const IntNetwork network = with_nodes({node("q", {"x"}, quant(), {8, true})}, {16, false});
  const Plan plan = plan_jobs(network, kGeometry);
  ASSERT_EQ(plan.host.size(), 1U);
  EXPECT_EQ(plan.host[0].reason, "input x is in [0, 65535], the design takes [-32768, 32767]");
}

TEST(PlanJobs, LeavesToTheHostOperandsOfMoreThanNineBits) {
  const IntNetwork legal = with_nodes({node("fc", {"x"}, kMatmul, {32, true})}, {9, true});
  const IntNetwork illegal = with_nodes({node("fc", {"x"}, kMatmul, {32, true})}, {9, false});
  EXPECT_EQ(plan_jobs(legal, kGeometry).jobs.size(), 1U);
  EXPECT_EQ(plan_jobs(illegal, kGeometry).host.size(), 1U);
}

TEST(PlanJobs, LeavesToTheHostOperandsWiderThanTheDesigns) {
  Geometry narrow = kGeometry;
  narrow.act_bits = 4;
  narrow.weight_bits = 2;
  IntMatmul matmul{IntTensor({2, 2}, 1)};
  const auto reason = [&](const IntMatmul& op, IntType input) {
    const IntNetwork network = with_nodes({node("fc", {"x"}, op, {32, true})}, input);
    const Plan plan = plan_jobs(network, narrow);
    return plan.host.empty() ? "" : plan.host[0].reason;
  };
  EXPECT_EQ(reason(matmul, {4, true}), "");
  EXPECT_EQ(reason(matmul, {4, false}),
            "input x is in [0, 15], the design takes [-8, 7] (4 bits signed)");
  matmul.weight[0] = -2;
  EXPECT_EQ(reason(matmul, {4, true}), "");
  matmul.weight[0] = 2;
  EXPECT_EQ(reason(matmul, {4, true}),
            "weight is in [0, 2], the design takes [-2, 1] (2 bits signed)");
}

TEST(PlanJobs, CountsPaddedPixelsAmongTheOperands) {
  Geometry narrow = kGeometry;
  narrow.act_bits = 4;
  IntConv2d conv{{.window = {.kernel = {1, 1}}, .pad_value = 8}, IntTensor({1, 1, 2, 1}, 1)};
  const auto is_on_host = [&] {
    const IntNetwork network = with_nodes({node("conv", {"x"}, conv, {32, true})}, {3, true});
    return !plan_jobs(network, narrow).host.empty();
  };
  EXPECT_FALSE(is_on_host());
  conv.params.window.padding = {1, 0, 0, 0};
  EXPECT_TRUE(is_on_host());
  conv.params.pad_value = 7;
  EXPECT_FALSE(is_on_host());
}

TEST(PlanJobs, LeavesToTheHostScalesWiderThanTheDesigns) {
  const Geometry narrow = {4, 4, 16, 16};
  const IntNetwork legal = with_nodes({node("q", {"x"}, quant(32767), {8, true})});
  const IntNetwork illegal = with_nodes({node("q", {"x"}, quant(32768), {8, true})});
  EXPECT_EQ(plan_jobs(legal, narrow).jobs.size(), 1U);
  ASSERT_EQ(plan_jobs(illegal, narrow).host.size(), 1U);
  EXPECT_EQ(plan_jobs(illegal, narrow).host[0].reason,
            "scale 32768 needs more than the design's 16 bits");
}

constexpr Geometry without_lanes() {
  Geometry geometry = kGeometry;
  geometry.has_lanes = 0;
  return geometry;
}

constexpr Window kWindow = {{1, 1}};

TEST(PlanJobs, ReducesPoolsOf16BitCodesInTheAccumulators) {
  const IntNetwork max = with_nodes(
      {node("max", {"x"}, IntMaxPool{kWindow}, {16, true}), node("q", {"max"}, quant(), {8, true})},
      {16, true});
  const Plan plan = plan_jobs(max, kGeometry);
  ASSERT_EQ(plan.jobs.size(), 1U);
  EXPECT_EQ(plan.jobs[0].product->name, "max");
  EXPECT_EQ(plan.jobs[0].quant->name, "q");

  const auto sum = [](std::int32_t zero_point, const Geometry& geometry) {
    return plan_jobs(
        with_nodes({node("sum", {"x"}, IntSumPool{kWindow, zero_point}, {32, true})}, {16, true}),
        geometry);
  };
  EXPECT_EQ(sum(0, kGeometry).jobs.size(), 1U);
  ASSERT_EQ(sum(1, kGeometry).host.size(), 1U);
  EXPECT_EQ(sum(1, kGeometry).host[0].reason,
            "input x is in [-32769, 32766], the design takes [-32768, 32767]");
  EXPECT_EQ(sum(0, without_lanes()).host.size(), 1U);
}

TEST(PlanJobs, LeavesToTheHostWhatNeedsLanesWhereTheDesignHasNone) {
  const IntNetwork network = with_nodes({node("fc", {"x"}, kMatmul, {32, true}),
                                         node("fc.quant", {"fc"}, quant(), {8, true}),
                                         node("max", {"fc.quant"}, IntMaxPool{kWindow}, {8, true}),
                                         node("sum", {"max"}, IntSumPool{kWindow, 0}, {32, true})});
  const Plan plan = plan_jobs(network, without_lanes());
  ASSERT_EQ(plan.jobs.size(), 2U);  // Sums as products with ones.
  EXPECT_EQ(plan.jobs[0].product->name, "fc");
  EXPECT_EQ(plan.jobs[0].quant, nullptr);
  EXPECT_EQ(plan.jobs[1].product->name, "sum");
  ASSERT_EQ(plan.host.size(), 2U);
  EXPECT_EQ(plan.host[0].node->name, "fc.quant");
  EXPECT_EQ(plan.host[0].reason, "the design has no MulQuant lanes");
  EXPECT_EQ(plan.host[1].node->name, "max");
}

TEST(PlanJobs, ListsJobsInExecutionOrder) {
  const IntNetwork network =
      with_nodes({node("b", {"x"}, kMatmul, {32, true}), node("a", {"x"}, kMatmul, {32, true}),
                  node("a.quant", {"a"}, quant(), {8, true})});
  const Plan plan = plan_jobs(network, kGeometry);
  ASSERT_EQ(plan.jobs.size(), 2U);
  EXPECT_EQ(plan.jobs[0].product->name, "b");
}

TEST(PlanJobs, TakesGemmlowpToLanesThatRoundTwice) {
  const auto plan = [](const Dialect& dialect, const Geometry& geometry) {
    static IntNetwork network;
    network = with_nodes(
        {node("fc", {"x"}, kMatmul, {32, true}),
         node("y", {"fc"}, Requantise{.dialect = dialect, .clamp = {-128, 127}}, {8, true})});
    return plan_jobs(network, geometry);
  };
  const Gemmlowp gemmlowp{{{1 << 30, -3}}};
  Geometry twice = kGeometry;
  twice.has_gemmlowp = 1;
  ASSERT_EQ(plan(gemmlowp, twice).jobs.size(), 1U);
  EXPECT_EQ(plan(gemmlowp, twice).jobs[0].quant->name, "y");

  const Plan once = plan(gemmlowp, kGeometry);
  ASSERT_EQ(once.jobs.size(), 1U);  // The product alone.
  EXPECT_EQ(once.jobs[0].quant, nullptr);
  EXPECT_EQ(once.host.at(0).reason,
            "the design's lanes round once, not twice as gemmlowp does; build it with "
            "dut.parameters.Gemmlowp: 1");
  EXPECT_EQ(plan(Ruy{{{1 << 30, -3}}}, twice).host.at(0).reason,
            "its rounding is ruy's, which the lanes lack; lower it");
  twice.scale_bits = 16;
  EXPECT_EQ(plan(gemmlowp, twice).host.at(0).reason,
            "scale 1073741824 needs more than the design's 16 bits");
}

TEST(PlanJobs, NamesOpsThatOnlyMoveData) {
  const IntNetwork network = with_nodes({node("flat", {"x"}, IntFlatten{}, {8, true})});
  ASSERT_EQ(plan_jobs(network, kGeometry).host.size(), 1U);
  EXPECT_EQ(plan_jobs(network, kGeometry).host[0].reason, "moves data only");
}

}  // namespace
}  // namespace systole
