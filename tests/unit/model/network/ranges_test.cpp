// ranges_test.cpp: static ranges hold every tensor of a run, and the sums' are reached.
#include "model/network/ranges.h"

#include <gtest/gtest.h>

#include "model/network/execute.h"
#include "model/network/shapes.h"
#include "tests/fixtures/bundle_v1.h"
#include "tests/unit/model/network/tiny_networks.h"
#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

constexpr IntType kInt8 = {8, true};

/// Codes in the input's range, half of them at its ends; reals of every size and some that are
/// none.
AnyTensors random_inputs(const IntNetwork& network, Random& random, std::int64_t batch) {
  AnyTensors inputs;
  for (const NetworkInput& input : network.inputs) {
    Shape shape = input.shape;
    shape.insert(shape.begin(), batch);
    if (input.is_float) {
      FloatTensor reals = random.floats(shape);
      for (float& value : reals.data)
        value = std::ldexp(value, static_cast<int>(random.integer(-20, 120)));
      inputs[input.name] = reals;
      continue;
    }
    const IntRange range = input.quantization.type.range();
    IntTensor codes = random.ints(shape, range.lo, range.hi);
    for (std::int32_t& code : codes.data)
      if (random.integer(0, 1) == 0)
        code = static_cast<std::int32_t>(random.integer(0, 1) == 0 ? range.lo : range.hi);
    inputs[input.name] = codes;
  }
  return inputs;
}

/// Runs `network` and checks kind, shape and range of every tensor.
void expect_ranges_hold(const IntNetwork& network, std::uint32_t seed) {
  Random random(seed);
  const Ranges ranges = value_ranges(network);
  const Shapes shapes = infer_shapes(network, 2);
  run_integer(network, random_inputs(network, random, 2),
              [&](const IntNode& node, const AnyTensor& y) {
                ASSERT_EQ(is_real(y), node.is_float) << node.name << ", seed " << seed;
                ASSERT_EQ(shape_of(y), shapes.at(node.name)) << node.name << ", seed " << seed;
                if (node.is_float) return;
                for (const std::int32_t value : integers(y).data) {
                  ASSERT_TRUE(ranges.at(node.name).contains(value))
                      << value << " of " << node.name << ", seed " << seed;
                  ASSERT_TRUE(node.output.type.range().contains(value))
                      << value << " of " << node.name << ", seed " << seed;
                }
              });
}

TEST(ValueRanges, HoldEveryTensorOfEveryOpOnRandomCodes) {
  const Bundle bundle = bundle_v1_integer();
  for (std::uint32_t seed = 0; seed < 200; ++seed)
    expect_ranges_hold(std::get<IntNetwork>(bundle.network), seed);
}

TEST(ValueRanges, HoldQuantizersOfEveryForm) {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    QuantizeReal op{.rule = static_cast<QuantizeRule>(random.integer(0, 2)), .factor = 3};
    op.range.lo = random.integer(-300, 300);
    op.range.hi = random.integer(op.range.lo, 300);
    op.zero_point = static_cast<std::int32_t>(random.integer(-400, 400));
    op.subtract = random.integer(0, 1) == 1;
    op.clamp_again = random.integer(0, 1) == 1;
    IntNetwork network = one_op({9}, kInt8, op, {.type = {17, true}});
    network.inputs[0].is_float = true;
    expect_ranges_hold(network, seed);
  }
}

TEST(ValueRanges, OfAClampAreThePartThatItsOperandReaches) {
  const auto range = [](const IntRange& limits) {
    return value_ranges(one_op({1}, kInt8, IntClamp{limits})).at("op");
  };
  EXPECT_EQ(range({-5, 90}), (IntRange{-5, 90}));
  EXPECT_EQ(range({-128, 127}), (IntRange{-128, 127}));
  EXPECT_EQ(range({127, 127}), (IntRange{127, 127}));
}

TEST(ValueRanges, OfATableAreItsEntries) {
  const IntNetwork network =
      one_op({1}, {2, true}, Lookup{.table = IntTensor({4}, {7, -3, 0, 5}), .lowest = -2});
  EXPECT_EQ(value_ranges(network).at("op"), (IntRange{-3, 7}));
}

TEST(ValueRanges, OfAPadIncludeItsValue) {
  const Pad op{.amounts = {{0, 1}}, .value = -9};
  EXPECT_EQ(value_ranges(one_op({3}, {4, false}, op)).at("op"), (IntRange{-9, 15}));
}

TEST(ValueRanges, OfProductsLessZeroPointsAreReached) {
  // |-128 - 100| = 228, |127 + 30| = 158: the product of the first with itself is the largest.
  const IntMul op{.zero_point_a = 100, .zero_point_b = -30};
  EXPECT_EQ(value_ranges(one_op({1}, kInt8, op, kAccumulator, 2)).at("op"),
            (IntRange{-228 * 157, 228 * 157}));
}

TEST(ValueRanges, OfSumsOfSumsStopAt2To62) {
  IntNetwork network = one_op({2}, {16, true}, IntMul{}, kAccumulator, 2);
  network.nodes.push_back({.name = "squares", .inputs = {"op", "op"}, .op = IntMul{}});
  network.nodes.push_back(
      {.name = "matmul", .inputs = {"squares"}, .op = IntMatmul{.weight = IntTensor({2, 1}, 255)}});
  network.nodes.push_back({.name = "less",
                           .inputs = {"matmul"},
                           .op = IntMatmul{.weight = IntTensor({1, 1}, 1), .input_zero_point = 9}});
  const Ranges ranges = value_ranges(network);
  constexpr std::int64_t kMost = std::int64_t{1} << 62;
  EXPECT_EQ(ranges.at("op"), (IntRange{-(1 << 30), 1 << 30}));
  EXPECT_EQ(ranges.at("squares"), (IntRange{-(kMost / 4), kMost / 4}));
  EXPECT_EQ(ranges.at("matmul"), (IntRange{-kMost, kMost}));
  EXPECT_EQ(ranges.at("less"), (IntRange{-kMost, kMost}));
}

TEST(ProductDepth, IsTheSharedExtentOfABatchMatmul) {
  const Shape a = {2, 3, 5};
  EXPECT_EQ(product_depth(IntBatchMatmul{}, a), 5);
  EXPECT_EQ(product_depth(IntBatchMatmul{.transpose_b = true}, a), 5);
  EXPECT_EQ(product_depth(IntBatchMatmul{.transpose_a = true}, a), 3);
  EXPECT_EQ(product_depth(IntMul{}, a), 1);
  EXPECT_EQ(product_depth(IntRelu{}, {4}), 1);
}

TEST(ProductDepth, MakesTheBoundOfABatchMatmulThatIsReached) {
  struct Form {
    bool transpose_a, transpose_b;
    Shape a, b;
    std::int64_t depth;
  };
  const Form forms[] = {{false, false, {3, 5}, {5, 2}, 5},
                        {true, false, {5, 3}, {5, 2}, 5},
                        {false, true, {3, 5}, {2, 5}, 5},
                        {true, true, {5, 3}, {2, 5}, 5}};
  for (const Form& form : forms) {
    IntNetwork network;
    network.inputs = {{.name = "a", .shape = form.a, .quantization = {.type = kInt8}},
                      {.name = "b", .shape = form.b, .quantization = {.type = {8, false}}}};
    const IntBatchMatmul op{.transpose_a = form.transpose_a,
                            .transpose_b = form.transpose_b,
                            .zero_point_a = 10,
                            .zero_point_b = 100};
    network.nodes = {{.name = "op", .inputs = {"a", "b"}, .op = op, .output = kAccumulator}};
    network.outputs = {"op"};
    const std::int64_t most = form.depth * 138 * 155;  // |-128 - 10|, |255 - 100|
    EXPECT_EQ(value_ranges(network).at("op"), (IntRange{-most, most}));
    Shape a = form.a, b = form.b;
    a.insert(a.begin(), 1);
    b.insert(b.begin(), 1);
    const AnyTensors y =
        run_integer(network, {{"a", IntTensor(a, -128)}, {"b", IntTensor(b, 255)}});
    EXPECT_EQ(shape_of(y.at("op")), (Shape{1, 3, 2}));
    for (const std::int32_t value : integers(y.at("op")).data) EXPECT_EQ(value, -most);
  }
}

TEST(ArrayOperand, CountsPaddingBeforeTheZeroPointIsTaken) {
  IntConv2d conv{.params = {}, .weight = IntTensor({1, 1, 1, 1}, 1), .input_zero_point = 3};
  conv.params.pad_value = 300;
  EXPECT_EQ(array_operand(conv, {0, 255}), (IntRange{-3, 252}));  // Nothing is padded.
  conv.params.window.padding = {0, 0, 1, 0};
  EXPECT_EQ(array_operand(conv, {0, 255}), (IntRange{-3, 297}));
  EXPECT_EQ(array_operand(IntMatmul{.weight = {}, .input_zero_point = -4}, {-8, 7}),
            (IntRange{-4, 11}));
}

}  // namespace
}  // namespace systole
