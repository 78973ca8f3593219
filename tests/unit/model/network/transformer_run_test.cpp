// transformer_run_test.cpp: a tiny attention by hand, in reals and in integers.
#include <gtest/gtest.h>

#include <limits>

#include "model/config/error.h"
#include "model/network/execute.h"
#include "tests/unit/model/network/tiny_networks.h"

namespace systole {
namespace {

constexpr IntType kSigned8 = {8, true};
constexpr Quantization kCodes8 = {.type = kSigned8};

// Two tokens of two channels. q k^T = [[0, 0], [200, 0]]: the first query looks at both keys alike,
// the second at the first key only (exp(-400) is no float32 any more).
const IntTensor kQueries({1, 2, 2}, {0, 0, 10, 0});
const IntTensor kKeys({1, 2, 2}, {20, 0, 0, 20});
const IntTensor kValues({1, 2, 2}, {1, 2, 5, -4});

FloatTensor as_reals(const IntTensor& x) {
  return {x.shape, std::vector<float>(x.data.begin(), x.data.end())};
}

/// y = softmax(mask(2 q k^T)) v.
FloatNetwork float_attention() {
  FloatNetwork network{.name = "attention", .inputs = {}, .outputs = {"y"}, .nodes = {}};
  for (const char* name : {"q", "k", "v"})
    network.inputs.push_back({.name = name, .shape = {2, 2}, .is_float = true});
  network.inputs.push_back({.name = "mask", .shape = {2}, .is_float = true});
  network.nodes = {{.name = "qk", .inputs = {"q", "k"}, .op = BatchMatmul{.transpose_b = true}},
                   {.name = "scaled", .inputs = {"qk"}, .op = Scale{2}},
                   {.name = "masked", .inputs = {"scaled", "mask"}, .op = MaskScores{}},
                   {.name = "p", .inputs = {"masked"}, .op = Softmax{}},
                   {.name = "y", .inputs = {"p", "v"}, .op = BatchMatmul{}}};
  return network;
}

FloatTensor attended(const std::vector<float>& mask) {
  return run_float(float_attention(), {{"q", as_reals(kQueries)},
                                       {"k", as_reals(kKeys)},
                                       {"v", as_reals(kValues)},
                                       {"mask", FloatTensor({1, 2}, mask)}})
      .at("y");
}

TEST(FloatAttention, WeighsValuesByTheirShares) {
  EXPECT_EQ(attended({1, 1}), FloatTensor({1, 2, 2}, {3, -1, 1, 2}));
}

TEST(FloatAttention, LeavesMaskedKeysOut) {
  EXPECT_EQ(attended({1, 0}), FloatTensor({1, 2, 2}, {1, 2, 1, 2}));
  EXPECT_EQ(attended({0, 1}), FloatTensor({1, 2, 2}, {5, -4, 5, -4}));
}

/// `softmax` of the sums between two products, and a mul_quant with constants per token.
IntNetwork int_attention(IntOp softmax, bool has_mask) {
  IntNetwork network{.name = "attention", .inputs = {}, .outputs = {"p", "y"}, .nodes = {}};
  for (const char* name : {"q", "k", "v"})
    network.inputs.push_back({.name = name, .shape = {2, 2}, .quantization = kCodes8});
  network.inputs.push_back({.name = "mask", .shape = {2}, .quantization = {.type = {1, false}}});
  // Token 0: v / 128. Token 1: (v + 1) / 8.
  const MulQuant per_token{
      .channels = {{.scale = 1, .shift = 7}, {.scale = 1, .bias = 1, .shift = 3}},
      .clamp = {-128, 63},
      .tokens = 2};
  network.nodes = {
      {.name = "qk", .inputs = {"q", "k"}, .op = IntBatchMatmul{.transpose_b = true}},
      {.name = "p", .inputs = {"qk"}, .op = std::move(softmax), .output = {.type = {8, false}}},
      {.name = "pv", .inputs = {"p", "v"}, .op = IntBatchMatmul{}},
      {.name = "y", .inputs = {"pv"}, .op = per_token, .output = kCodes8}};
  if (has_mask) network.nodes[1].inputs.emplace_back("mask");
  return network;
}

IntTensors attend(const IntNetwork& network, const std::vector<std::int32_t>& mask = {1, 1}) {
  return all_integers(run_integer(
      network, {{"q", kQueries}, {"k", kKeys}, {"v", kValues}, {"mask", IntTensor({1, 2}, mask)}}));
}

const RealSoftmax kTimes255{.rule = SoftmaxRule::kTimes, .clamp = {0, 255}, .factor = 255};

TEST(IntAttention, RoundsItsSharesAndRescalesEveryToken) {
  for (const IntOp& softmax : {IntOp(kTimes255), IntOp(ScoreSoftmax{.scale = {1}, .bias = {0}}),
                               IntOp(ScoreSoftmax{.scale = {1}, .bias = {0}, .is_double = true})}) {
    const IntTensors got = attend(int_attention(softmax, false));
    EXPECT_EQ(got.at("p").data, (std::vector<std::int32_t>{128, 128, 255, 0}));  // 127.5 is a tie.
    // [[768, -256], [255, 510]]: 6, -2; 32 and 511 / 8 = 63.9, clamped.
    EXPECT_EQ(got.at("y").data, (std::vector<std::int32_t>{6, -2, 32, 63}));
  }
}

TEST(IntAttention, LeavesMaskedKeysOut) {
  for (const IntOp& softmax : {IntOp(kTimes255), IntOp(ScoreSoftmax{.scale = {1}, .bias = {0}}),
                               IntOp(ScoreSoftmax{.scale = {1}, .bias = {0}, .is_double = true})}) {
    const IntNetwork network = int_attention(softmax, true);
    EXPECT_EQ(attend(network, {0, 1}).at("p").data, (std::vector<std::int32_t>{0, 255, 0, 255}));
    EXPECT_EQ(attend(network, {1, 1}).at("p").data, (std::vector<std::int32_t>{128, 128, 255, 0}));
    // Nothing is left: all keys are worth the same.
    EXPECT_EQ(attend(network, {0, 0}).at("p").data,
              (std::vector<std::int32_t>{128, 128, 128, 128}));
  }
}

TEST(IntAttention, AddsItsBiasesAndWindowMasksPerPosition) {
  // Scores / 2: [[0, 0], [100, 0]]; bias 1e4 at [0, 1], then -1e5 for the first key.
  const ScoreSoftmax biased{
      .scale = {1}, .bias = {0, 20000, 0, 0}, .shift = 1, .is_double = true, .factor = 1};
  EXPECT_EQ(attend(int_attention(biased, false)).at("p").data,
            (std::vector<std::int32_t>{0, 1, 1, 0}));
  ScoreSoftmax windowed = biased;
  windowed.bias = {0};
  windowed.relative_bias = FloatTensor({1, 2}, {-1e5F, 0});
  EXPECT_EQ(attend(int_attention(windowed, false)).at("p").data,
            (std::vector<std::int32_t>{0, 1, 0, 1}));
  windowed.window_mask = FloatTensor({2, 1}, {5, 1e5F});  // The same for both keys: no effect.
  EXPECT_EQ(attend(int_attention(windowed, false)).at("p").data,
            (std::vector<std::int32_t>{0, 1, 0, 1}));
}

TEST(IntConstant, IsAResidualOfEverySample) {
  IntNetwork network =
      one_op({2, 2}, kSigned8, IntConstant{IntTensor({2, 2}, {1, -2, 3, 40})}, kCodes8);
  network.nodes.push_back(
      {.name = "sum",
       .inputs = {"x", "op"},
       .op = MulQuant{.channels = {{.scale = 1, .residual_scale = 2}}, .clamp = {-128, 127}},
       .output = kCodes8});
  network.outputs = {"sum"};
  const AnyTensors y =
      run_integer(network, {{"x", IntTensor({2, 2, 2}, {0, 0, 0, 0, 10, 20, 30, 100})}});
  EXPECT_EQ(integers(y.at("sum")), IntTensor({2, 2, 2}, {2, -4, 6, 80, 12, 16, 36, 127}));
}

TEST(IntConstant, TakesTheBatchOfReals) {
  IntNetwork network = one_op({3}, kSigned8, IntConstant{IntTensor({1}, 7)}, kCodes8);
  network.inputs[0].is_float = true;
  EXPECT_EQ(integers(run_integer(network, {{"x", FloatTensor({2, 3}, 0.5F)}}).at("op")),
            IntTensor({2, 1}, 7));
}

TEST(RunInteger, RollsCodesAndRealsAlike) {
  const Roll op{{1, -1}};
  EXPECT_EQ(integers(run_integer(one_op({2, 3}, kSigned8, op, kCodes8),
                                 {{"x", IntTensor({1, 2, 3}, {1, 2, 3, 4, 5, 6})}})
                         .at("op")),
            IntTensor({1, 2, 3}, {5, 6, 4, 2, 3, 1}));
  IntNetwork network = one_op({2, 3}, kSigned8, op, {});
  network.inputs[0].is_float = true;
  network.nodes[0].is_float = true;
  EXPECT_EQ(
      reals(run_integer(network, {{"x", FloatTensor({1, 2, 3}, {1, 2, 3, 4, 5, 6})}}).at("op")),
      FloatTensor({1, 2, 3}, {5, 6, 4, 2, 3, 1}));
}

TEST(RunInteger, EveryTokenHasItsOwnConstants) {
  // Heads of two tokens: rows 0 and 2 are token 0.
  const IntTensor x({1, 2, 2, 1}, {10, 10, -20, -20});
  const auto run = [&](IntOp op, bool is_float) {
    IntNetwork network = one_op({2, 2, 1}, kSigned8, std::move(op), kCodes8);
    network.nodes[0].is_float = is_float;
    return run_integer(network, {{"x", x}}).at("op");
  };
  EXPECT_EQ(
      integers(run(
          Requantise{.dialect = DoubleScale{.factors = {0.5, 2}, .offsets = {1, -1}, .tokens = 2},
                     .clamp = {-128, 127}},
          false)),
      IntTensor({1, 2, 2, 1}, {6, 19, -9, -41}));
  EXPECT_EQ(
      reals(run(FloatMulShift{.scale = {1, 3}, .bias = {0.5F}, .shift = 1, .tokens = 2}, true)),
      FloatTensor({1, 2, 2, 1}, {5.25F, 15.25F, -9.75F, -29.75F}));
}

TEST(RunInteger, QuantizesEveryTokenWithItsOwnStep) {
  // 3 * 0.5 = 1.5 -> 2, + 10, less 10; 3 * 4 = 12, + 250 -> 255, less 250.
  IntNetwork network = one_op({2, 2}, kSigned8,
                              QuantizeReal{.range = {0, 255},
                                           .subtract = true,
                                           .token_factors = {0.5F, 4},
                                           .token_zero_points = {10, 250}},
                              {.type = {9, true}});
  network.inputs[0].is_float = true;
  EXPECT_EQ(
      integers(run_integer(network, {{"x", FloatTensor({1, 2, 2}, {3, -40, 3, -1})}}).at("op")),
      IntTensor({1, 2, 2}, {2, -10, 5, -4}));
}

/// Ids [2] of a table with 3 rows.
FloatTensor embed(std::vector<float> ids) {
  const FloatNetwork network{
      .name = "one",
      .inputs = {{.name = "x", .shape = {2}, .is_float = true}},
      .outputs = {"words"},
      .nodes = {{.name = "words",
                 .inputs = {"x"},
                 .op = Embedding{FloatTensor({3, 2}, {0, 1, 10, 11, 20, 21})}}}};
  const auto batch = static_cast<std::int64_t>(ids.size()) / 2;
  return run_float(network, {{"x", FloatTensor({batch, 2}, std::move(ids))}}).at("words");
}

std::string refusal(std::vector<float> ids) {
  try {
    embed(std::move(ids));
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(Embedding, TakesTheRowOfEveryId) {
  EXPECT_EQ(embed({2, 0}), FloatTensor({1, 2, 2}, {20, 21, 0, 1}));
}

TEST(Embedding, RefusesIdsThatTheTableLacks) {
  const std::string expected = ", expected whole numbers from 0 to 2, the table's last row";
  EXPECT_EQ(refusal({0, 3}), "words (embedding): got the id 3 at [0, 1]" + expected);
  EXPECT_EQ(refusal({0, 1, -1, 3}), "words (embedding): got the id -1 at [1, 0]" + expected);
  EXPECT_EQ(refusal({0, 0.5F}), "words (embedding): got the id 0.5 at [0, 1]" + expected);
}

TEST(Embedding, RefusesCodesInTheSameWay) {
  IntNetwork network = one_op({1}, kSigned8, FloatIsland{Embedding{FloatTensor({3, 2}, 1)}}, {});
  network.nodes[0].is_float = true;
  try {
    run_integer(network, {{"x", IntTensor({2, 1}, {2, -128})}});
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "op (embedding): got the id -128 at [1, 0], expected whole numbers from 0 to 2, "
                 "the table's last row");
  }
}

}  // namespace
}  // namespace systole
