// host_ops_test.cpp: what transformers compute in reals, between codes and streams of codes.
#include "tests/unit/model/fuse/attention.h"

namespace systole {
namespace {

TEST(FuseHost, OpsOnTheHostHaveRealsBetweenThem) {
  AttentionPattern pattern;
  pattern.input("x", {2, 4}, 0.0625)
      .linear("patch", "x", {4, 4})
      .add("class", {"patch"}, ClassToken{.value = random_floats({1, 4}, 1)})
      .add("position", {"class"}, AddConstant{.value = random_floats({3, 4}, 2)})
      .norm("norm", "position", 4)
      .linear("fc", "norm", {4, 4});
  EXPECT_EQ(describe(pattern.fused().network),
            "patch:int_matmul(x) patch.quant:mul_quant(patch) "
            "patch.quant.real:dequantize(patch.quant) class:float_class_token(patch.quant.real) "
            "position:float_add_constant(class) norm:float_layer_norm(position) "
            "norm.quant:quantize(norm) fc:int_matmul(norm.quant) fc.quant:mul_quant(fc)");
  pattern.expect_close(30);
}

TEST(FuseHost, WhatOnlyTheHostReadsHas16Bits) {
  AttentionPattern pattern;
  pattern.input("x", {2, 4}, 0.0625)
      .linear("fc1", "x", {4, 4})
      .add("gelu", {"fc1"}, Gelu{})
      .linear("fc2", "gelu", {4, 4});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(find_node(fused.network, "fc1.quant").output.type, (IntType{16, true}));
  EXPECT_EQ(find_node(fused.network, "gelu.quant").output.type, (IntType{8, true}));
  Recipe narrow;
  narrow.streams.bits = 8;
  EXPECT_EQ(find_node(pattern.fused(narrow).network, "fc1.quant").output.type, (IntType{8, true}));
  pattern.expect_close(30);
}

TEST(FuseHost, WhatAProductReadsTooHasTheArraysBits) {
  AttentionPattern pattern;
  pattern.input("x", {2, 4}, 0.0625)
      .linear("fc1", "x", {4, 4})
      .add("gelu", {"fc1"}, Gelu{})
      .linear("fc2", "gelu", {4, 4})
      .linear("fc3", "fc1", {4, 4})
      .add("sum", {"fc3", "fc2"}, Add{});
  EXPECT_EQ(find_node(pattern.fused().network, "fc1.quant").output.type, (IntType{8, true}));
}

TEST(FuseHost, AResidualStreamIsHostedByItsProductsIn16Bits) {
  AttentionPattern pattern;
  pattern.input("x", {2, 4}, 0.0625)
      .linear("patch", "x", {4, 4})
      .norm("norm1", "patch", 4)
      .linear("fc1", "norm1", {4, 4})
      .add("add1", {"fc1", "patch"}, Add{})
      .norm("norm2", "add1", 4)
      .linear("fc2", "norm2", {4, 4})
      .add("add2", {"fc2", "add1"}, Add{})
      .norm("norm3", "add2", 4)
      .linear("head", "norm3", {4, 4});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(find_node(fused.network, "fc1.quant").inputs,
            (std::vector<std::string>{"fc1", "patch.quant"}));
  EXPECT_EQ(find_node(fused.network, "fc2.quant").inputs,
            (std::vector<std::string>{"fc2", "fc1.quant"}));
  for (const char* name : {"patch.quant", "fc1.quant", "fc2.quant"})
    EXPECT_EQ(find_node(fused.network, name).output.type, (IntType{16, true})) << name;
  pattern.expect_close(30);
}

TEST(FuseHost, AResultThatOnlyTheUserReadsStaysReal) {
  AttentionPattern pattern;
  pattern.input("x", {2, 4}, 0.0625).linear("fc", "x", {4, 4}).norm("norm", "fc", 4);
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(fused.network.outputs, std::vector<std::string>{"norm"});
  EXPECT_TRUE(find_node(fused.network, "norm").is_float);
}

TEST(FuseHost, IdsAreLookedUpAsTheyAre) {
  AttentionPattern pattern;
  pattern.numbers("ids", {3}, 5)
      .numbers("types", {3}, 2)
      .add("words", {"ids"}, Embedding{.table = random_floats({5, 4}, 1)})
      .add("kinds", {"types"}, Embedding{.table = random_floats({2, 4}, 2)})
      .add("sum", {"words", "kinds"}, Add{})
      .add("position", {"sum"}, AddConstant{.value = random_floats({3, 4}, 3)})
      .norm("norm", "position", 4)
      .linear("fc", "norm", {4, 4});
  EXPECT_EQ(describe(pattern.fused().network),
            "words:float_embedding(ids) kinds:float_embedding(types) sum:float_add(words,kinds) "
            "position:float_add_constant(sum) norm:float_layer_norm(position) "
            "norm.quant:quantize(norm) fc:int_matmul(norm.quant) fc.quant:mul_quant(fc)");
  pattern.expect_close(30);
}

TEST(FuseHost, IdsAsRealsHaveNoQuantizer) {
  AttentionPattern pattern;
  pattern.numbers("ids", {3}, 5)
      .add("words", {"ids"}, Embedding{.table = random_floats({5, 4}, 1)})
      .linear("fc", "words", {4, 4});
  const IntTensor ids = integers(pattern.codes["ids"]);
  pattern.codes["ids"] = FloatTensor(ids.shape, {ids.data.begin(), ids.data.end()});
  pattern.network.inputs[0] = {.name = "ids", .shape = {3}, .is_float = true};
  EXPECT_FALSE(pattern.encoded().tensors.contains("ids"));
  EXPECT_EQ(describe(pattern.fused().network),
            "words:float_embedding(ids) words.quant:quantize(words) fc:int_matmul(words.quant) "
            "fc.quant:mul_quant(fc)");
  pattern.expect_close(30);
}

TEST(FuseHost, RealsMoveAsCodesDo) {
  AttentionPattern pattern;
  pattern.input("x", {2, 4}, 0.0625)
      .linear("fc", "x", {4, 4})
      .norm("norm", "fc", 4)
      .add("turned", {"norm"}, Transpose{{1, 0}})
      .add("bent", {"turned"}, Reshape{{8}})
      .norm("again", "bent", 8)
      .linear("head", "again", {8, 2});
  EXPECT_EQ(describe(pattern.fused().network),
            "fc:int_matmul(x) fc.quant:mul_quant(fc) fc.quant.real:dequantize(fc.quant) "
            "norm:float_layer_norm(fc.quant.real) turned:transpose(norm) bent:reshape(turned) "
            "again:float_layer_norm(bent) again.quant:quantize(again) "
            "head:int_matmul(again.quant) head.quant:mul_quant(head)");
  pattern.expect_close(30);
}

}  // namespace
}  // namespace systole
