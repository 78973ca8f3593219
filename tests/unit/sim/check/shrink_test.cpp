// shrink_test.cpp: predicates whose smallest failing case is known.
#include "sim/check/shrink.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/network/check.h"

namespace systole {
namespace {

constexpr std::int32_t kRowMark = 100, kStepMark = 101;

/// x [m, k] and weights [k, n] with values that tell where they come from: x(i, j) = 10 + i, w(i,
/// j) = 10 + j in even steps and -(10 + j) in odd ones.
MatrixCase product(std::int64_t m, std::int64_t k, std::int64_t n) {
  MatrixCase matrices{
      .x = IntTensor({m, k}), .weight = IntTensor({k, n}), .quant = {}, .residual = {}};
  for (std::int64_t i = 0; i < m * k; ++i) matrices.x[i] = static_cast<std::int32_t>(10 + i / k);
  for (std::int64_t i = 0; i < k * n; ++i)
    (*matrices.weight)[i] = static_cast<std::int32_t>((i / n % 2 ? -1 : 1) * (10 + i % n));
  return matrices;
}

/// The same rescaled, with a residual operand of 1 + row.
MatrixCase rescaled(std::int64_t m, std::int64_t k, std::int64_t n) {
  MatrixCase matrices = product(m, k, n);
  matrices.quant = MulQuant{.rounding = Rounding::kHalfUp, .zero_point = 3, .clamp = {-128, 127}};
  for (std::int64_t c = 0; c < n; ++c)
    matrices.quant->channels.push_back({.scale = static_cast<std::int32_t>(50 + c),
                                        .bias = 7,
                                        .shift = 9,
                                        .residual_scale = 5,
                                        .residual_shift = 2});
  matrices.residual = IntTensor({m, n});
  for (std::int64_t i = 0; i < m * n; ++i)
    (*matrices.residual)[i] = static_cast<std::int32_t>(1 + i / n);
  return matrices;
}

bool holds(const IntTensor& tensor, std::int32_t value) {
  return std::ranges::find(tensor.data, value) != tensor.data.end();
}

TEST(Fewest, KeepsOneItemOfAThousandInTwentyTrials) {
  int trials = 0;
  const Indices kept = fewest(all_indices(1000), [&](const Indices& items) {
    ++trials;
    return std::ranges::find(items, 617) != items.end();
  });
  EXPECT_EQ(kept, Indices{617});
  EXPECT_LE(trials, 25);
}

TEST(Fewest, KeepsItemsFarApartInTheirOrder) {
  const auto has_all = [](const Indices& items) {
    return std::ranges::includes(items, Indices{3, 40, 99});
  };
  EXPECT_EQ(fewest(all_indices(100), has_all), (Indices{3, 40, 99}));
}

TEST(Fewest, LeavesExactlyAsManyAsAreNeeded) {
  const auto more_than_32 = [](const Indices& items) { return items.size() > 32; };
  EXPECT_EQ(fewest(all_indices(77), more_than_32), all_indices(33));
}

TEST(Fewest, TriesNothingAtAllOnlyWhenAskedTo) {
  const auto always = [](const Indices&) { return true; };
  EXPECT_EQ(fewest(all_indices(9), always), Indices{0});
  EXPECT_EQ(fewest(all_indices(9), always, true), Indices{});
  const auto never = [](const Indices&) { return false; };
  EXPECT_EQ(fewest(all_indices(9), never, true), all_indices(9));
}

TEST(Shrink, FindsTheRowTheColumnAndTheStepThatItTakes) {
  MatrixCase failing = product(20, 16, 12);
  failing.x[5 * 16 + 7] = kRowMark;
  (*failing.weight)[7 * 12 + 3] = kStepMark;
  const Shrunk shrunk = shrink(failing, [](const MatrixCase& matrices) {
    return holds(matrices.x, kRowMark) && holds(*matrices.weight, kStepMark);
  });
  EXPECT_EQ(shrunk.smallest, (MatrixCase{.x = IntTensor({1, 1}, {kRowMark}),
                                         .weight = IntTensor({1, 1}, {kStepMark}),
                                         .quant = {},
                                         .residual = {}}));
  EXPECT_LE(shrunk.trials, 50);
}

TEST(Shrink, KeepsAsManyStepsAsItTakes) {
  const Shrunk shrunk =
      shrink(product(5, 30, 6), [](const MatrixCase& m) { return m.depth() >= 9; });
  EXPECT_EQ(shrunk.smallest.x, IntTensor({1, 9}));
  EXPECT_EQ(shrunk.smallest.weight, IntTensor({9, 1}));
}

TEST(Shrink, KeepsAsManyRowsAsItTakes) {
  const Shrunk shrunk =
      shrink(product(70, 8, 6), [](const MatrixCase& m) { return m.rows() > 32; });
  EXPECT_EQ(shrunk.smallest.x, IntTensor({33, 1}));
  EXPECT_EQ(shrunk.smallest.weight, IntTensor({1, 1}));
}

TEST(Shrink, KeepsARowAtItsPositionByZeroesBeforeIt) {
  const Shrunk shrunk = shrink(product(16, 4, 4), [](const MatrixCase& matrices) {
    return matrices.rows() > 9 && matrices.x[9 * matrices.x.shape[1]] != 0;
  });
  IntTensor tenth({10, 1});
  tenth[9] = 1;
  EXPECT_EQ(shrunk.smallest.x, tenth);
}

TEST(Shrink, LeavesTheLanesOutWhenTheSumsAreWrong) {
  const Shrunk shrunk = shrink(
      rescaled(6, 5, 4), [](const MatrixCase& matrices) { return matrices.weight.has_value(); });
  EXPECT_EQ(shrunk.smallest.quant, std::nullopt);
  EXPECT_EQ(shrunk.smallest.residual, std::nullopt);
}

/// Scales of 3 tokens by 2 channels: 1 to 6; or one per token.
MulQuant of_tokens(std::int64_t channels) {
  MulQuant quant{.clamp = {-128, 127}, .tokens = 3};
  for (std::int32_t i = 0; i < 3 * channels; ++i) quant.channels.push_back({.scale = i + 1});
  return quant;
}

std::vector<std::int32_t> scales_of(const MulQuant& quant) {
  std::vector<std::int32_t> scales;
  for (const MulQuantChannel& channel : quant.channels) scales.push_back(channel.scale);
  return scales;
}

TEST(SomeConstants, AreThoseOfTheRowsTokens) {
  using Scales = std::vector<std::int32_t>;
  EXPECT_EQ(scales_of(some_constants(of_tokens(2), {2, 3}, {1})), (Scales{6, 2}));
  EXPECT_EQ(some_constants(of_tokens(2), {2, 3}, {1}).tokens, 2);
  EXPECT_EQ(scales_of(some_constants(of_tokens(2), {1}, {1, 0, 1})), (Scales{4, 3, 4}));
  EXPECT_EQ(some_constants(of_tokens(2), {1}, {1, 0, 1}).tokens, 1);
  EXPECT_EQ(scales_of(some_constants(of_tokens(1), {0, 1, 2, 3}, {0, 1})), (Scales{1, 2, 3, 1}));
}

TEST(SomeConstants, AreOneRowWhereTokensShareThem) {
  MulQuant quant = of_tokens(1);
  quant.tokens = 1;  // 3 channels.
  EXPECT_EQ(scales_of(some_constants(quant, {4, 5}, {2, 0})), (std::vector<std::int32_t>{3, 1}));
  quant.channels.resize(1);
  EXPECT_EQ(some_constants(quant, {4, 5}, {2, 0}), quant);
}

TEST(Shrink, FindsTheTokenThatItTakes) {
  MatrixCase failing = product(4, 5, 2);
  failing.quant = of_tokens(2);
  failing.quant->tokens = 4;
  failing.quant->channels.push_back({.scale = 70});
  failing.quant->channels.push_back({.scale = 80});
  const auto has_mark = [](const MatrixCase& candidate) {
    return candidate.quant && std::ranges::count(scales_of(*candidate.quant), 80) == 1;
  };
  ASSERT_TRUE(is_legal(failing));
  const MatrixCase smallest = shrink(failing, has_mark).smallest;
  EXPECT_EQ(smallest.x.shape, (Shape{1, 1}));
  EXPECT_EQ(scales_of(*smallest.quant), (std::vector<std::int32_t>{80}));
  EXPECT_EQ(smallest.quant->tokens, 1);
}

TEST(Shrink, KeepsOfTheConstantsWhatItTakes) {
  const Shrunk shrunk = shrink(rescaled(6, 5, 4), [](const MatrixCase& matrices) {
    return matrices.quant && std::ranges::any_of(matrices.quant->channels, [](const auto& channel) {
             return channel.scale == 52 && channel.shift > 8;
           });
  });
  EXPECT_EQ(shrunk.smallest.columns(), 1);
  EXPECT_EQ(shrunk.smallest.residual, std::nullopt);
  const MulQuant plain{.channels = {{.scale = 52, .shift = 9, .residual_scale = 0}},
                       .clamp = {-65536, 65535}};
  EXPECT_EQ(shrunk.smallest.quant, plain);
}

TEST(Shrink, KeepsTheResidualAndItsChannels) {
  const Shrunk shrunk = shrink(rescaled(6, 5, 4), [](const MatrixCase& matrices) {
    return matrices.residual && holds(*matrices.residual, 4) && matrices.columns() == 2;
  });
  EXPECT_EQ(shrunk.smallest.residual, IntTensor({1, 2}, {4, 0}));
  EXPECT_EQ(shrunk.smallest.quant->channels.size(), 2);
}

TEST(Shrink, TakesAStreamApartByRowsAndColumns) {
  MatrixCase failing{.x = IntTensor({9, 8}, 5),
                     .weight = {},
                     .quant = MulQuant{.channels = {{.scale = 2}}, .clamp = {-8, 7}},
                     .residual = {}};
  failing.x[4 * 8 + 6] = -kRowMark;
  const Shrunk shrunk =
      shrink(failing, [](const MatrixCase& matrices) { return holds(matrices.x, -kRowMark); });
  EXPECT_EQ(shrunk.smallest.x, IntTensor({1, 1}, {-kRowMark}));
  EXPECT_TRUE(shrunk.smallest.quant.has_value());
}

TEST(Shrink, AsksOnlyAboutLegalCasesAndNoMoreOftenThanAllowed) {
  int trials = 0;
  const Shrunk shrunk = shrink(
      rescaled(40, 30, 20),
      [&](const MatrixCase& matrices) {
        ++trials;
        EXPECT_TRUE(is_legal(matrices));
        return matrices.rows() * matrices.depth() * matrices.columns() > 100;
      },
      31);
  EXPECT_EQ(trials, 31);
  EXPECT_EQ(shrunk.trials, 31);
}

TEST(MatrixCase, OfACaseWithAnOverflowIsNotLegal) {
  MatrixCase matrices = rescaled(2, 2, 2);
  EXPECT_TRUE(is_legal(matrices));
  matrices.quant->channels[1].residual_shift = 10;  // Above the shift.
  EXPECT_FALSE(is_legal(matrices));
}

TEST(MatrixCase, IsANetworkWithInputsOfTheNarrowestTypes) {
  IntNetwork network;
  IntTensors inputs;
  append(rescaled(3, 2, 2), "0", network, inputs);
  append(product(1, 1, 1), "1", network, inputs);
  EXPECT_NO_THROW(check_network(network));
  EXPECT_EQ(network.outputs, (std::vector<std::string>{"quant0", "product1"}));
  EXPECT_EQ(inputs.at("x0"), IntTensor({1, 3, 2}, {10, 10, 11, 11, 12, 12}));
  EXPECT_EQ(network.inputs[0].quantization.type, (IntType{4, false}));
  EXPECT_EQ(network.inputs[1].shape, (Shape{3, 2}));
  EXPECT_EQ(network.nodes[1].inputs, (std::vector<std::string>{"product0", "residual0"}));
}

}  // namespace
}  // namespace systole
