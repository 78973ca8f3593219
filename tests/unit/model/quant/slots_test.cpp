// slots_test.cpp: which quantizer every slot gets from a recipe's overrides.
#include "model/quant/slots.h"

#include <gmock/gmock.h>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

using testing::HasSubstr;

/// conv1 - conv1.relu - conv2, and the addition of both.
FloatNetwork network() {
  FloatNetwork network;
  network.name = "net";
  network.inputs = {{.name = "image", .shape = {4, 4, 2}, .is_float = true}};
  const Conv2d conv{.params = {}, .weight = FloatTensor({1, 1, 2, 2}, 1.0F), .bias = {}};
  Conv2d biased = conv;
  biased.bias = FloatTensor({2}, 1.0F);
  network.nodes = {{.name = "conv1", .inputs = {"image"}, .op = conv},
                   {.name = "conv1.relu", .inputs = {"conv1"}, .op = Relu{}},
                   {.name = "conv2", .inputs = {"conv1.relu"}, .op = biased},
                   {.name = "sum", .inputs = {"conv2", "conv1.relu"}, .op = Add{}}};
  network.outputs = {"sum"};
  return network;
}

Slots resolve(const std::string& overrides, const TensorRoles& roles = {}) {
  const TemporaryFolder folder;
  test::write_text(folder.path("r.yaml"), "shared: {both: {bits: 7}}\noverrides:\n" + overrides);
  return resolve_slots(network(), load_recipe(folder.path("r.yaml")), roles);
}

std::string complaint(const std::string& overrides) {
  const TemporaryFolder folder;
  test::write_text(folder.path("r.yaml"), "overrides:\n" + overrides);
  return message_of(folder,
                    [&] { resolve_slots(network(), load_recipe(folder.path("r.yaml")), {}); });
}

const QuantizerRecipe& recipe(const SlotChoice& choice) {
  return std::get<QuantizerRecipe>(choice);
}

TEST(Slots, WeightsFollowTheDefault) {
  const Slots slots = resolve("- {op: conv2, skip: true}");
  EXPECT_EQ(recipe(slots.at("conv1").params.at("weight")), Recipe{}.weights);
  EXPECT_FALSE(slots.at("conv1").output);
  EXPECT_TRUE(slots.at("conv2").is_skipped);
  EXPECT_FALSE(slots.at("conv1").is_skipped);
}

TEST(Slots, LaterOverridesChangeWhatEarlierOnesMade) {
  const Slots slots = resolve(
      "- {op: 'conv*', params: {weight: {bits: 4, method: mse}}}\n"
      "- {op: conv2, params: {weight: {bits: 2}}}\n");
  EXPECT_EQ(recipe(slots.at("conv1").params.at("weight")).bits, 4);
  EXPECT_EQ(recipe(slots.at("conv2").params.at("weight")).bits, 2);
  EXPECT_EQ(recipe(slots.at("conv2").params.at("weight")).method, RangeMethod(MseSearch{}));
}

TEST(Slots, AnOutputsDefaultFollowsItsRole) {
  const Slots slots =
      resolve("- {op: sum, outputs: {0: {method: kl}}}", {{"sum", TensorRole::kOutput}});
  EXPECT_EQ(recipe(*slots.at("sum").output).bits, 16);
  EXPECT_EQ(recipe(*slots.at("sum").output).method, RangeMethod(KlEntropy{}));
}

TEST(Slots, ANameTakesAnyKindOfQuantizer) {
  const Slots slots = resolve(
      "- {op: sum, inputs: {0: both, 1: both}, outputs: {0: none}}\n"
      "- {op: image, outputs: {0: {scale: 0.5, zero_point: 3, signed: false}}}\n"
      "- {op: conv2, params: {bias: {bits: 16}}}\n");
  EXPECT_EQ(slots.at("sum").inputs.at(0), SlotChoice(SharedQuantizer{"both"}));
  EXPECT_EQ(slots.at("sum").inputs.at(1), SlotChoice(SharedQuantizer{"both"}));
  EXPECT_EQ(*slots.at("sum").output, SlotChoice(NoQuantizer{}));
  EXPECT_EQ(recipe(slots.at("conv2").params.at("bias")).bits, 16);
  const LiteralQuantizer literal = {
      .format = {.bits = 8, .is_signed = false, .is_symmetric = false},
      .scale = {0.5},
      .zero_point = {3}};
  EXPECT_EQ(*slots.at("image").output, SlotChoice(literal));
}

TEST(Slots, GlobsReachTheOpsThatHaveTheSlot) {
  const Slots slots = resolve("- {op: '*', params: {bias: {bits: 8}}, inputs: {1: {bits: 3}}}");
  EXPECT_TRUE(slots.at("conv2").params.contains("bias"));
  EXPECT_FALSE(slots.at("conv1").params.contains("bias"));
  EXPECT_EQ(recipe(slots.at("sum").inputs.at(1)).bits, 3);
  EXPECT_TRUE(!slots.contains("conv1.relu") || slots.at("conv1.relu").inputs.empty());
}

TEST(Slots, OnlyANamePlacesAQuantizer) {
  const Slots slots = resolve(
      "- {op: 'conv*', outputs: {0: {bits: 6}}}\n"
      "- {op: conv1, outputs: {0: {bits: 5}}}\n");
  EXPECT_TRUE(slots.at("conv1").is_output_placed);
  EXPECT_FALSE(slots.at("conv2").is_output_placed);
  EXPECT_EQ(recipe(*slots.at("conv2").output).bits, 6);
}

TEST(Slots, WhatIsNotThereIsNamed) {
  EXPECT_EQ(complaint("- {op: conv3, skip: true}"),
            "r.yaml:2: overrides[0].op: got 'conv3', expected the name of an op or input of net, "
            "or a glob that matches one; did you mean conv1?");
  EXPECT_THAT(complaint("- {op: 'x*', skip: true}"), HasSubstr("got 'x*'"));
  EXPECT_THAT(complaint("- {op: sum, params: {weight: none}}"), HasSubstr("sum has none"));
  EXPECT_THAT(complaint("- {op: conv2, params: {wieght: none}}"),
              HasSubstr("did you mean weight?"));
  EXPECT_THAT(complaint("- {op: sum, inputs: {2: none}}"),
              HasSubstr("inputs[0] to inputs[1] of sum"));
  EXPECT_THAT(complaint("- {op: image, skip: true}"), HasSubstr("the network input image"));
  EXPECT_THAT(complaint("- {op: image, inputs: {0: none}}"), HasSubstr("outputs[0]"));
}

}  // namespace
}  // namespace systole
