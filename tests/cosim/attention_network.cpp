// attention_network.cpp: random weights of one seed around two products of activations.
#include "tests/cosim/attention_network.h"

#include <random>

#include "model/network/quantization.h"

namespace systole::test {
namespace {

constexpr std::int64_t kTokens = 6, kWidth = 8, kHeads = 2, kDepth = 3;
constexpr std::int64_t kInner = kHeads * kDepth;
constexpr IntType kInt8 = {.bits = 8}, kInt16 = {.bits = 16}, kUInt8 = {8, false};

class AttentionBuilder {
 public:
  Bundle build() {
    IntNetwork& network = bundle_.network.emplace<IntNetwork>();
    network.name = "attention";
    network.inputs = {{"x", {kTokens, kWidth}, {.type = kInt8}}};
    network.outputs = {"proj.codes"};
    add("qkv", {"x"}, IntMatmul{codes({kWidth, 3 * kInner}, 127)}, kAccumulator);
    add("qkv.codes", {"qkv"}, quant(kTokens, 3 * kInner, 60, kInt8), {.type = kInt8});
    add("parts", {"qkv.codes"}, Reshape{{kTokens, 3, kHeads, kDepth}}, {.type = kInt8});
    for (std::int64_t part = 0; part < 3; ++part) split(part);
    add("qk", {"q", "k"}, IntBatchMatmul{.transpose_b = true}, kAccumulator);
    add("bias", {"x"}, IntConstant{codes({kHeads, kTokens, kTokens}, 32767)}, {.type = kInt16});
    add("scores", {"qk", "bias"}, quant(1, kTokens, 2, kInt16), {.type = kInt16});
    add("p", {"scores"},
        RealSoftmax{
            .rule = SoftmaxRule::kTimes, .operand_scale = 0.0004, .clamp = {0, 255}, .factor = 255},
        {.scale = 1 / 255.0, .type = kUInt8});
    add("attnv", {"p", "v"}, IntBatchMatmul{}, kAccumulator);
    add("attnv.codes", {"attnv"}, quant(1, 1, 200, kInt8), {.type = kInt8});
    add("merge", {"attnv.codes"}, Transpose{{1, 0, 2}}, {.type = kInt8});
    add("merged", {"merge"}, Reshape{{kTokens, kInner}}, {.type = kInt8});
    add("proj", {"merged"}, IntMatmul{codes({kInner, kWidth}, 127)}, kAccumulator);
    add("proj.codes", {"proj"}, quant(kTokens, 1, 60, kInt8), {.type = kInt8});

    IntTensor x = codes({4, kTokens, kWidth}, 127);
    for (std::int64_t i = 0; i < kWidth; ++i) x[i] = i % 2 ? 127 : -128;
    bundle_.samples["test"].inputs["x"] = std::move(x);
    return bundle_;
  }

 private:
  void add(const std::string& name, std::vector<std::string> inputs, IntOp op,
           const Quantization& output) {
    std::get<IntNetwork>(bundle_.network)
        .nodes.push_back(
            {.name = name, .inputs = std::move(inputs), .op = std::move(op), .output = output});
  }

  /// Part 0, 1 or 2 as [heads, tokens, depth].
  void split(std::int64_t part) {
    const std::string name(1, "qkv"[part]);
    add(name + ".part", {"parts"},
        Slice{{{0, kTokens, 1}, {part, 1, 1}, {0, kHeads, 1}, {0, kDepth, 1}}}, {.type = kInt8});
    add(name + ".flat", {name + ".part"}, Reshape{{kTokens, kHeads, kDepth}}, {.type = kInt8});
    add(name, {name + ".flat"}, Transpose{{1, 0, 2}}, {.type = kInt8});
  }

  IntTensor codes(Shape shape, std::int32_t most) {
    IntTensor tensor(std::move(shape));
    for (std::int32_t& code : tensor.data)
      code = static_cast<std::int32_t>(random_() % static_cast<std::uint32_t>(2 * most + 1)) - most;
    return tensor;
  }

  /// About 1 / `divisor`, another one for every token and channel.
  MulQuant quant(std::int64_t tokens, std::int64_t channels, std::int64_t divisor, IntType type) {
    MulQuant quant{.clamp = type.range(), .tokens = tokens};
    for (std::int64_t i = 0; i < tokens * channels; ++i)
      quant.channels.push_back(
          {.scale = static_cast<std::int32_t>(
               (65536 + static_cast<std::int64_t>(random_() % 65536)) / divisor),
           .bias = static_cast<std::int64_t>(random_() % 1000000) - 500000,
           .shift = 16,
           .residual_scale = 20000,
           .residual_shift = 1});
    return quant;
  }

  std::mt19937 random_{42};
  Bundle bundle_;
};

}  // namespace

const std::vector<std::string> kAttentionHost = {"parts",  "q.part", "q.flat", "q",      "k.part",
                                                 "k.flat", "k",      "v.part", "v.flat", "v",
                                                 "bias",   "p",      "merge",  "merged"};

Bundle attention() { return AttentionBuilder().build(); }

}  // namespace systole::test
