// fuzz_case_test.cpp: ops as networks, as matrices, and with parts left out.
#include "flows/fuzz/fuzz_case.h"

#include <gmock/gmock.h>

#include "flows/fuzz/draw_case.h"
#include "flows/fuzz/smaller_op.h"
#include "model/network/execute.h"
#include "tests/flows/fuzz/geometries.h"

namespace systole {
namespace {

const std::vector<Geometry> kDesigns = test::three_geometries();

IntTensor output_of(const FuzzOp& op) {
  const FuzzNetwork made = network_of({op});
  return integers(
      run_integer(made.network, {made.inputs.begin(), made.inputs.end()}).begin()->second);
}

template <class Visit>
void for_each_op(Visit visit) {
  for (std::uint64_t number = 0; number < 600; ++number) {
    const FuzzCase drawn = draw_case(3, number, kDesigns);
    if (drawn.allow_wrap) continue;
    for (const FuzzOp& op : drawn.ops) visit(op, "seed 3, case " + std::to_string(number));
  }
}

/// A convolution of 6 groups, 2 inputs and 2 outputs each, with constants per channel.
FuzzOp grouped() {
  IntConv2d conv{.params = {.window = {.kernel = {2, 2}, .padding = {1, 0, 0, 1}}, .groups = 6}};
  conv.weight = IntTensor({2, 2, 2, 12});
  for (std::int64_t i = 0; i < conv.weight.size(); ++i)
    conv.weight[i] = static_cast<std::int32_t>(i % 17 - 8);
  FuzzOp op;
  op.x = {IntTensor({1, 3, 4, 12}), {.bits = 8}};
  for (std::int64_t i = 0; i < op.x.tensor.size(); ++i)
    op.x.tensor[i] = static_cast<std::int32_t>(i % 29 - 14);
  MulQuant quant{.clamp = {-128, 127}};
  for (int c = 0; c < 12; ++c) quant.channels.push_back({.scale = c + 1, .shift = 4});
  op.product = conv;
  op.quant = quant;
  op.quant_type = {.bits = 8};
  return op;
}

/// The items [.., m, n] of a product of two activations side by side, [m, items * n].
IntTensor in_rows(const FuzzOp& op, const IntTensor& y) {
  if (!op.stationary) return y;
  const std::int64_t n = y.channels(), m = y.shape[y.shape.size() - 2], items = y.rows() / m;
  IntTensor rows({m, items * n});
  for (std::int64_t i = 0; i < y.size(); ++i)
    rows[i / n % m * items * n + i / n / m * n + i % n] = y[i];
  return rows;
}

TEST(NetworkOf, NamesOpsByTheirNumber) {
  FuzzOp stream;
  stream.x = {IntTensor({1, 2, 3}, 1), {.bits = 8}};
  stream.quant = IntAdd{{.channels = {{.scale = 1}}, .clamp = {0, 7}}};
  stream.quant_type = {.bits = 4};
  stream.residual = FuzzOperand{IntTensor({1, 2, 3}, 2), {.bits = 9}};
  const FuzzNetwork made = network_of({grouped(), stream});
  std::vector<std::string> names;
  for (const IntNode& node : made.network.nodes) names.push_back(node.name);
  EXPECT_THAT(names, testing::ElementsAre("product0", "quant0", "quant1"));
  EXPECT_THAT(made.network.nodes[2].inputs, testing::ElementsAre("x1", "residual1"));
  EXPECT_EQ(made.inputs.at("residual1"), IntTensor({1, 2, 3}, 2));
  EXPECT_EQ(describe(grouped()), "grouped int_conv2d of [1, 3, 4, 12] to [1, 3, 4, 12], mul_quant");
  EXPECT_EQ(describe(stream), "add of [1, 2, 3] to [1, 2, 3], residual");
}

TEST(MatricesOf, ComputesTheSameAsTheOp) {
  int compared = 0;
  for_each_op([&](const FuzzOp& op, const std::string& which) {
    const auto matrices = matrices_of(op);
    if (!matrices) return;
    const FuzzOp same = op_of(*matrices);
    ASSERT_TRUE(is_legal({.ops = {same}})) << which << ": " << describe(op);
    ASSERT_EQ(output_of(same).data, in_rows(op, output_of(op)).data)
        << which << ": " << describe(op);
    ++compared;
  });
  EXPECT_GT(compared, 500);
}

TEST(MatricesOf, HasNoneOfPoolsAndOfTwoRoundings) {
  for_each_op([&](const FuzzOp& op, const std::string& which) {
    const std::string kind = kind_of(op);
    const bool is_pool = kind == "max_pool" || kind == "int_sum_pool";
    const bool rounds_twice = op.quant && std::holds_alternative<Requantise>(*op.quant);
    EXPECT_EQ(matrices_of(op).has_value(), !is_pool && !rounds_twice) << which << ": " << kind;
  });
}

TEST(WithPart, KeepsTheGroupsOfAConvolutionWhatTheyAre) {
  const IntTensor whole = output_of(grouped());
  const FuzzOp part = with_part(grouped(), OpAxis::kChannels, {1, 4});
  const IntTensor output = output_of(part);
  ASSERT_EQ(output.shape, (Shape{1, 3, 4, 4}));
  for (std::int64_t pixel = 0; pixel < 12; ++pixel) {
    EXPECT_EQ(output[pixel * 4 + 0], whole[pixel * 12 + 2]) << pixel;
    EXPECT_EQ(output[pixel * 4 + 3], whole[pixel * 12 + 9]) << pixel;
  }
}

TEST(WithPart, LeavesEveryOpLegalOrSaysThatItIsNot) {
  int legal = 0;
  for_each_op([&](const FuzzOp& op, const std::string& which) {
    for (const OpAxis axis : kOpAxes) {
      const std::int64_t count = extent(op, axis);
      if (count < 2) continue;
      const FuzzOp part = with_part(op, axis, {count - 1});
      const bool was_grouped = axis == OpAxis::kChannels && kind_of(op).ends_with("int_conv2d");
      EXPECT_TRUE(was_grouped || extent(part, axis) == 1) << which;  // A last group has channels.
      if (!is_legal({.ops = {part}})) continue;
      output_of(part);
      ++legal;
    }
  });
  EXPECT_GT(legal, 1000);
}

TEST(WithPart, KeepsTheResidualOfThePixelsThatStay) {
  FuzzOp op;
  op.x = {IntTensor({1, 1, 3, 1}, {1, 2, 3}), {.bits = 8}};
  op.product = IntSumPool{};
  op.quant = MulQuant{.channels = {{.scale = 1, .residual_scale = 1}}, .clamp = {-128, 127}};
  op.quant_type = {.bits = 8};
  op.residual = FuzzOperand{IntTensor({1, 1, 3, 1}, {10, 20, 30}), {.bits = 8}};
  EXPECT_EQ(output_of(with_part(op, OpAxis::kColumns, {2})), IntTensor({1, 1, 1, 1}, {33}));
}

TEST(FitResidual, CutsAndFillsIt) {
  FuzzOp op = grouped();
  op.residual = FuzzOperand{IntTensor({1, 3, 4, 12}, 7), {.bits = 8}};
  op = with_part(op, OpAxis::kRows, {0});
  EXPECT_EQ(op.residual->tensor, IntTensor({1, 1, 4, 12}, 7));
  window_of(op)->padding = {2, 0, 0, 1};
  fit_residual(op);
  ASSERT_EQ(op.residual->tensor.shape, (Shape{1, 2, 4, 12}));
  EXPECT_EQ(op.residual->tensor[0], 7);
  EXPECT_EQ(op.residual->tensor[48], 0);
}

}  // namespace
}  // namespace systole
