// attention.h: small float networks of attention, and their samples.
#pragma once

#include "tests/unit/model/fuse/patterns.h"

namespace systole {

/// A float network on codes of 8 bits signed, and 4 samples of each input.
struct AttentionPattern {
  FloatNetwork network;
  AnyTensors codes;

  AttentionPattern() { network.name = "attention"; }

  AttentionPattern& input(const std::string& name, Shape shape, double scale) {
    network.inputs.push_back(
        {.name = name, .shape = shape, .quantization = {.scale = scale, .type = {8, true}}});
    shape.insert(shape.begin(), 4);
    std::mt19937 generator(static_cast<std::uint32_t>(network.inputs.size()));
    IntTensor tensor(std::move(shape));
    for (std::int32_t& code : tensor.data)
      code = static_cast<std::int32_t>(generator() >> 24) - 128;
    codes[name] = tensor;
    return *this;
  }
  /// Numbers that mean themselves, in [0, count).
  AttentionPattern& numbers(const std::string& name, Shape shape, std::uint32_t count) {
    input(name, shape, 1);
    network.inputs.back().quantization.type = {count <= 2 ? 1 : 8, false};
    for (std::int32_t& code : integers(codes[name]).data)
      code = static_cast<std::int32_t>(static_cast<std::uint32_t>(code + 128) % count);
    return *this;
  }
  AttentionPattern& add(const std::string& name, std::vector<std::string> inputs, FloatOp op) {
    network.nodes.push_back({.name = name, .inputs = std::move(inputs), .op = std::move(op)});
    network.outputs = {name};
    return *this;
  }
  AttentionPattern& linear(const std::string& name, const std::string& from, Shape shape) {
    const auto seed = static_cast<std::uint32_t>(network.nodes.size() + 1);
    FloatTensor bias = random_floats({shape[1]}, seed + 100);
    return add(name, {from},
               Linear{.weight = random_floats(std::move(shape), seed), .bias = std::move(bias)});
  }
  AttentionPattern& norm(const std::string& name, const std::string& from, std::int64_t channels) {
    return add(
        name, {from},
        LayerNorm{.gamma = FloatTensor({channels}, 1.0F), .beta = random_floats({channels}, 7)});
  }
  /// Q, K and V as inputs of 2 heads, 3 tokens and 4 channels; `qk` and `scores`, half as large.
  AttentionPattern& scores() {
    input("q", {2, 3, 4}, 0.0625).input("k", {2, 3, 4}, 0.03125).input("v", {2, 3, 4}, 0.125);
    add("qk", {"q", "k"}, BatchMatmul{.transpose_b = true});
    return add("scores", {"qk"}, Scale{.factor = 0.5F});
  }
  /// `p` and `attnv` behind the tensor `from`.
  AttentionPattern& weigh(const std::string& from) {
    add("p", {from}, Softmax{});
    return add("attnv", {"p", "v"}, BatchMatmul{});
  }

  EncodedNetwork encoded(const Recipe& recipe = {}) const {
    return encode(network, recipe, samples_of(codes));
  }
  FusedNetwork fused(const Recipe& recipe = {}) const {
    return fuse(encoded(recipe), {recipe.rounding, recipe.scale});
  }
  PathComparison compared(const Recipe& recipe = {}) const {
    const EncodedNetwork both = encoded(recipe);
    const FusedNetwork integers = fuse(both, {recipe.rounding, recipe.scale});
    return compare_paths({both, &integers.network, integers.float_names}, samples_of(codes));
  }
  void expect_close(double least_db, const Recipe& recipe = {}) const {
    const PathComparison paths = compared(recipe);
    EXPECT_FALSE(paths.ops.empty());
    for (const PathDifference& op : paths.ops)
      EXPECT_GT(sqnr_db(op.integer_to_float), least_db) << op.op;
  }
};

template <class Op>
Op op_of(const FusedNetwork& fused, const std::string& name) {
  return std::get<Op>(find_node(fused.network, name).op);
}

/// s 2^-f of a requantisation's channel.
inline double real_scale_of(const MulQuantChannel& channel) {
  return std::ldexp(static_cast<double>(channel.scale), -channel.shift);
}

}  // namespace systole
