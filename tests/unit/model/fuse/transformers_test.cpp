// transformers_test.cpp: whole blocks of Swin and BERT: windows, masks, normed sums.
#include <algorithm>

#include "tests/unit/model/fuse/attention.h"

namespace systole {
namespace {

AxisSlice whole(std::int64_t count) { return {0, count, 1}; }

/// Q, K or V, as `part` of [windows, tokens, 3, heads, channels].
AttentionPattern& window_heads(AttentionPattern& pattern, const std::string& name,
                               std::int64_t part) {
  return pattern
      .add(name + ".part", {"split"}, Slice{{whole(4), whole(4), {part, 1, 1}, whole(2), whole(4)}})
      .add(name + ".rows", {name + ".part"}, Reshape{{4, 4, 2, 4}})
      .add(name, {name + ".rows"}, Transpose{{0, 2, 1, 3}});
}

/// -100 between tokens of a window that the shift brought together from different sides.
FloatTensor window_mask() {
  FloatTensor mask({4, 1, 4, 4}, 0.0F);
  for (std::int64_t window = 1; window < 4; ++window)
    for (std::int64_t q = 0; q < 4; ++q)
      for (std::int64_t k = 0; k < 4; ++k) {
        const bool across = (window % 2 == 1 && q % 2 != k % 2) || (window >= 2 && q / 2 != k / 2);
        if (across) mask[(window * 4 + q) * 4 + k] = -100;
      }
  return mask;
}

/// A map of 4x4 pixels of 8 channels in shifted windows of 2x2, and the sum with its shortcut.
AttentionPattern swin_block() {
  AttentionPattern pattern;
  pattern.input("image", {4, 4, 3}, 0.0078125);
  Conv2d patch{.params = {}, .weight = random_floats({1, 1, 3, 8}, 1), .bias = {}};
  patch.params.window = {.kernel = {1, 1}};
  pattern.add("patch", {"image"}, patch)
      .norm("norm", "patch", 8)
      .add("shifted", {"norm"}, Roll{{-1, -1, 0}})
      .add("rows", {"shifted"}, Reshape{{2, 2, 2, 2, 8}})
      .add("tiles", {"rows"}, Transpose{{0, 2, 1, 3, 4}})
      .add("windows", {"tiles"}, Reshape{{4, 4, 8}})
      .linear("qkv", "windows", {8, 24})
      .add("split", {"qkv"}, Reshape{{4, 4, 3, 2, 4}});
  window_heads(pattern, "q", 0);
  window_heads(pattern, "k", 1);
  window_heads(pattern, "v", 2);
  return pattern.add("qk", {"q", "k"}, BatchMatmul{.transpose_b = true})
      .add("scores", {"qk"}, Scale{.factor = 0.5F})
      .add("bias", {"scores"}, AddConstant{.value = random_floats({2, 4, 4}, 5)})
      .add("mask", {"bias"}, AddConstant{.value = window_mask()})
      .weigh("mask")
      .add("heads", {"attnv"}, Transpose{{0, 2, 1, 3}})
      .add("merge", {"heads"}, Reshape{{4, 4, 8}})
      .linear("proj", "merge", {8, 8})
      .add("back1", {"proj"}, Reshape{{2, 2, 2, 2, 8}})
      .add("back2", {"back1"}, Transpose{{0, 2, 1, 3, 4}})
      .add("back3", {"back2"}, Reshape{{4, 4, 8}})
      .add("back", {"back3"}, Roll{{1, 1, 0}})
      .add("sum", {"back", "patch"}, Add{})
      .norm("last", "sum", 8)
      .add("pool", {"last"}, GlobalAvgPool{})
      .linear("head", "pool", {8, 3});
}

TEST(FuseSwin, ABlockOfShiftedWindowsIsInteger) {
  const AttentionPattern pattern = swin_block();
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(find_node(fused.network, "qk.quant").inputs, (std::vector<std::string>{"qk", "bias"}));
  EXPECT_EQ(op_of<IntConstant>(fused, "bias").value.shape, (Shape{4, 2, 4, 4}));
  EXPECT_EQ(op_name(find_node(fused.network, "sum").op), "add");
  EXPECT_EQ(find_node(fused.network, "back").output.type, (IntType{16, true}));
  EXPECT_EQ(find_node(fused.network, "sum").output.type, (IntType{16, true}));
  pattern.expect_close(25);
}

/// Codes, seen by name.
IntTensor codes_of_op(const AttentionPattern& pattern, const std::string& name) {
  IntTensor codes;
  run_integer(pattern.fused().network, pattern.codes, [&](const IntNode& node, const AnyTensor& y) {
    if (node.name == name) codes = integers(y);
  });
  return codes;
}

TEST(FuseSwin, NothingPassesBetweenSidesOfTheImage) {
  const IntTensor p = codes_of_op(swin_block(), "p");
  const FloatTensor mask = window_mask();
  for (std::int64_t i = 0; i < p.size(); ++i) {
    const std::int64_t window = i / 32 % 4, pair = i % 16;
    if (mask[window * 16 + pair] != 0) {
      EXPECT_EQ(p[i], 0) << i;
    }
  }
}

/// 4 tokens of 8 channels, 2 heads, sums normed behind the addition, separate Q, K and V.
AttentionPattern bert_block() {
  AttentionPattern pattern;
  pattern.numbers("ids", {4}, 7)
      .numbers("mask", {4}, 2)
      .add("words", {"ids"}, Embedding{.table = random_floats({7, 8}, 1)})
      .add("position", {"words"}, AddConstant{.value = random_floats({4, 8}, 2)})
      .norm("norm", "position", 8);
  pattern.codes["mask"] = IntTensor({4, 4}, {1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0});
  for (const char* name : {"q", "k", "v"}) {
    const std::string dense = std::string(name) + ".dense", rows = std::string(name) + ".rows";
    pattern.linear(dense, "norm", {8, 8})
        .add(rows, {dense}, Reshape{{4, 2, 4}})
        .add(name, {rows}, Transpose{{1, 0, 2}});
  }
  return pattern.add("qk", {"q", "k"}, BatchMatmul{.transpose_b = true})
      .add("scores", {"qk"}, Scale{.factor = 0.5F})
      .add("masked", {"scores", "mask"}, MaskScores{})
      .weigh("masked")
      .add("heads", {"attnv"}, Transpose{{1, 0, 2}})
      .add("merge", {"heads"}, Reshape{{4, 8}})
      .linear("dense", "merge", {8, 8})
      .add("sum", {"dense", "norm"}, Add{})
      .norm("sum.norm", "sum", 8)
      .linear("fc", "sum.norm", {8, 8})
      .add("gelu", {"fc"}, Gelu{.form = GeluForm::kTanh})
      .add("first", {"gelu"}, Slice{{{0, 1, 1}, whole(8)}})
      .add("flat", {"first"}, Flatten{})
      .linear("pooler", "flat", {8, 8})
      .add("tanh", {"pooler"}, Tanh{})
      .linear("classifier", "tanh", {8, 2});
}

TEST(FuseBert, ABlockWithAPaddingMaskIsInteger) {
  const AttentionPattern pattern = bert_block();
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(find_node(fused.network, "p").inputs, (std::vector<std::string>{"qk.quant", "mask"}));
  EXPECT_EQ(find_node(fused.network, "dense.quant").inputs,
            (std::vector<std::string>{"dense", "norm.quant"}));
  EXPECT_EQ(find_node(fused.network, "dense.quant").output.type, (IntType{16, true}));
  EXPECT_EQ(find_node(fused.network, "tanh.quant").output.type, (IntType{8, true}));
  pattern.expect_close(25);
}

TEST(FuseBert, MaskedKeysHaveProbability0) {
  const AttentionPattern pattern = bert_block();
  const IntTensor p = codes_of_op(pattern, "p");
  const IntTensor& mask = integers(pattern.codes.at("mask"));
  for (std::int64_t item = 0; item < 4; ++item) {
    for (std::int64_t i = 0; i < 32; ++i) {
      if (mask[item * 4 + i % 4] == 0) {
        EXPECT_EQ(p[item * 32 + i], 0) << item << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace systole
