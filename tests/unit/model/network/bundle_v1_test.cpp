// bundle_v1_test.cpp: bundles of format version 1 mean for good what they meant when it was made.
//
// None of these figures may change: what does not load as here is version 2.
#include "tests/fixtures/bundle_v1.h"

#include <gtest/gtest.h>

#include <set>

#include "model/config/value.h"
#include "model/network/bundle.h"
#include "model/network/check.h"
#include "model/network/op_name.h"
#include "model/tensor/safetensors.h"
#include "model/tensor/sha256.h"
#include "tests/support/files.h"

namespace systole {
namespace {

const std::string kFolder = std::string(SYSTOLE_FIXTURES) + "/bundle_v1/";

void expect_equal(const Bundle& a, const Bundle& b) {
  EXPECT_TRUE(a.network == b.network);
  EXPECT_TRUE(a.samples == b.samples);
  EXPECT_EQ(a.description, b.description);
  EXPECT_EQ(a.source, b.source);
}

TEST(BundleV1, TheCommittedFilesAreThoseOfOld) {
  const std::pair<const char*, const char*> pinned[] = {
      {"integer/network.yaml", "31080aa72961676c3ee079db90948b88c55fafe4d125d16e46f2afedc9e53291"},
      {"integer/tensors.safetensors",
       "beca84633ee387c5b90609ffe29acea1a411fe70df4ec55288710a267a4c1b9a"},
      {"float/network.yaml", "1531dddd355f0b638aef037f6f2e0fd6638a81f6d1524f8aa653fde80bc18e9e"},
      {"float/tensors.safetensors",
       "6b34c407ecdc1d670ac3e22b27f24552254f41c9d71352d1b4342790efadd9eb"}};
  for (const auto& [file, sha] : pinned) EXPECT_EQ(sha256_of_file(kFolder + file), sha) << file;
}

TEST(BundleV1, TheHashIsOverBothDigests) {
  const std::string digests = sha256_of_file(kFolder + "integer/network.yaml") +
                              sha256_of_file(kFolder + "integer/tensors.safetensors");
  EXPECT_EQ(load_bundle(kFolder + "integer").hash, sha256(digests));
}

TEST(BundleV1, IntegersLoadAsWhatTheyMeant) {
  expect_equal(load_bundle(kFolder + "integer"), bundle_v1_integer());
}

TEST(BundleV1, FloatsLoadAsWhatTheyMeant) {
  expect_equal(load_bundle(kFolder + "float"), bundle_v1_float());
}

TEST(BundleV1, WrittenAgainItLoadsBackEqual) {
  const test::TempDirectory temp;
  for (const Bundle& bundle : {bundle_v1_integer(), bundle_v1_float()}) {
    const std::string hash = write_bundle(temp.path("b"), bundle);
    expect_equal(load_bundle(temp.path("b")), bundle);
    EXPECT_EQ(write_bundle(temp.path("b"), load_bundle(temp.path("b"))), hash);
  }
}

/// The names of the ops that occur.
template <class Network>
std::set<std::string_view> ops_of(const Network& network) {
  std::set<std::string_view> names;
  for (const auto& node : network.nodes) names.insert(op_name(node.op));
  return names;
}

TEST(BundleV1, HasEveryOpOfItsTime) {
  const Bundle integers = bundle_v1_integer(), floats = bundle_v1_float();
  EXPECT_EQ(ops_of(std::get<IntNetwork>(integers.network)),
            (std::set<std::string_view>{"int_conv2d",
                                        "int_matmul",
                                        "mul_shift",
                                        "mul_quant",
                                        "add",
                                        "relu",
                                        "max_pool",
                                        "int_sum_pool",
                                        "avg_pool",
                                        "concat",
                                        "flatten",
                                        "int_batch_matmul",
                                        "int_mul",
                                        "clamp",
                                        "lookup",
                                        "rounded_avg_pool",
                                        "requantise",
                                        "requantise_add",
                                        "softmax",
                                        "quantize",
                                        "float_mul_shift",
                                        "pad",
                                        "reshape",
                                        "dequantize",
                                        "float_conv2d",
                                        "float_linear",
                                        "float_batch_norm",
                                        "float_relu",
                                        "float_add",
                                        "float_max_pool",
                                        "float_avg_pool",
                                        "float_concat",
                                        "float_global_avg_pool",
                                        "float_flatten"}));
  EXPECT_EQ(ops_of(std::get<FloatNetwork>(floats.network)),
            (std::set<std::string_view>{"conv2d", "linear", "batch_norm", "relu", "add", "max_pool",
                                        "avg_pool", "global_avg_pool", "concat", "flatten"}));
}

TEST(BundleV1, NothingInItCanOverflow) {
  const Bundle bundle = load_bundle(kFolder + "integer");
  EXPECT_NO_THROW(check_network(std::get<IntNetwork>(bundle.network)));
}

std::string readme() {
  return test::read_text(std::string(SYSTOLE_FIXTURES) + "/../../model/network/README.md");
}

TEST(BundleV1, EveryOpAndKeyIsDocumented) {
  const std::string text = readme();
  for (const char* kind : {"integer", "float"}) {
    const Value root = load_yaml(kFolder + kind + "/network.yaml");
    for (const Value& op : root.get("ops").items()) {
      EXPECT_NE(text.find("`" + op.get("op").as_string() + "`"), std::string::npos)
          << op.get("op").as_string();
      for (const std::string& key : op.keys())
        EXPECT_TRUE(text.find("`" + key + "`") != std::string::npos ||
                    text.find("**" + key + "**") != std::string::npos || key == "name" ||
                    key == "op")
            << key;
    }
  }
}

TEST(BundleV1, TheDocumentedExampleLoads) {
  const std::string text = readme();
  const std::size_t first = text.find("    format: systole-network");
  const std::size_t last = text.find("\n\n", first);
  ASSERT_NE(last, std::string::npos);
  const test::TempDirectory temp;
  std::filesystem::create_directory(temp.path("b"));
  test::write_text(temp.path("b/network.yaml"), text.substr(first, last - first) + "\n");
  constexpr IntType kByte = {8, true}, kWord = {32, true}, kUnsigned = {8, false};
  write_safetensors(temp.path("b/tensors.safetensors"),
                    {encode("conv.weight", IntTensor({3, 3, 2, 4}, 1), kByte),
                     encode("quant.multiplier", IntTensor({4}, 1 << 30), kWord),
                     encode("quant.shift", IntTensor({4}, -4), kByte),
                     encode("quant.bias", IntTensor({4}, 7), kWord),
                     encode("test.image", IntTensor({5, 4, 4, 2}, 200), kUnsigned),
                     encode("test.labels", IntTensor({5}, 2), kUnsigned)});
  const Bundle bundle = load_bundle(temp.path("b"));
  EXPECT_NO_THROW(check_network(std::get<IntNetwork>(bundle.network)));
  EXPECT_EQ(bundle.samples.at("test").count(), 5);
}

constexpr const char* kShort = R"(format: systole-network
version: 1
kind: integer
name: short
inputs:
  - {name: image, shape: [4, 4, 2], type: uint8}
  - {name: signal, shape: [4, 4, 2], type: float32}
outputs: [sum]
ops:
  - {name: conv, op: int_conv2d, inputs: [image], weight: dilated.weight, groups: 2}
  - {name: quant, op: mul_quant, inputs: [conv], scale: floor.scale, shift: floor.shift, type: int8, real_scale: 1}
  - {name: relu, op: relu, inputs: [quant]}
  - {name: max, op: max_pool, inputs: [quant], kernel: [1, 1]}
  - {name: pool, op: int_sum_pool, inputs: [quant], kernel: [1, 1]}
  - {name: avg, op: avg_pool, inputs: [quant], kernel: [1, 1], counts: [1], scale: floor.scale, shift: floor.shift, type: int8, real_scale: 1}
  - {name: rounded, op: rounded_avg_pool, inputs: [quant], kernel: [1, 1]}
  - {name: matmul, op: int_batch_matmul, inputs: [quant, quant], transpose_b: true}
  - {name: mul, op: int_mul, inputs: [quant, quant]}
  - {name: lookup, op: lookup, inputs: [quant], table: lookup.table, lowest: -128, type: int8, real_scale: 1}
  - {name: gemmlowp, op: requantise, inputs: [conv], dialect: gemmlowp, multiplier: ruy.multiplier, shift: ruy.shift, type: uint4, real_scale: 1}
  - {name: double, op: requantise, inputs: [conv], dialect: double, factor: double.factor, type: int8, real_scale: 1}
  - {name: sum, op: requantise_add, inputs: [quant, quant], dialect: float32, a_factor: 1, b_factor: 2, shift: 1, type: int8, real_scale: 1}
  - {name: softmax, op: softmax, inputs: [quant], dialect: gemmlowp, beta: [1717986918, 23], diff_min: -248, type: uint8, real_scale: 1}
  - {name: codes, op: quantize, inputs: [signal], rule: multiply, factor: 2, type: int8, real_scale: 1}
  - {name: pad, op: pad, inputs: [signal], amounts: [[1, 1], [0, 0], [0, 0]]}
  - {name: norm, op: float_batch_norm, inputs: [quant], gamma: float_batch_norm.gamma, beta: float_batch_norm.beta, mean: float_batch_norm.mean, variance: float_batch_norm.variance}
)";

template <class Op>
Op op_of(const IntNetwork& network, const std::string& name) {
  for (const IntNode& node : network.nodes)
    if (node.name == name) return std::get<Op>(node.op);
  ADD_FAILURE() << name;
  return {};
}

TEST(BundleV1, AbsentKeysHaveTheirDefaults) {
  const test::TempDirectory temp;
  std::filesystem::copy(kFolder + "integer", temp.path("b"));
  test::write_text(temp.path("b/network.yaml"), kShort);
  const Bundle bundle = load_bundle(temp.path("b"));
  const auto& net = std::get<IntNetwork>(bundle.network);
  constexpr IntRange kInt8Range = {-128, 127};

  EXPECT_EQ(net.inputs[0].quantization, (Quantization{.scale = 1, .type = {8, false}}));
  const auto conv = op_of<IntConv2d>(net, "conv");
  EXPECT_EQ(conv.params, (Conv2dParams{.window = {.kernel = {2, 2}}, .groups = 2}));
  EXPECT_EQ(conv.input_zero_point, 0);
  EXPECT_EQ(op_of<MulQuant>(net, "quant"),
            (MulQuant{.channels = {{.scale = 3, .shift = 1}}, .clamp = kInt8Range}));
  EXPECT_EQ(op_of<IntRelu>(net, "relu").zero_point, 0);
  EXPECT_EQ(op_of<IntMaxPool>(net, "max").window, Window{});
  EXPECT_EQ(op_of<IntSumPool>(net, "pool"), IntSumPool{});
  EXPECT_EQ(op_of<IntAvgPool>(net, "avg").zero_point, 0);
  EXPECT_EQ(op_of<RoundedAvgPool>(net, "rounded").clamp, kInt8Range);
  EXPECT_EQ(op_of<IntBatchMatmul>(net, "matmul"), IntBatchMatmul{.transpose_b = true});
  EXPECT_EQ(op_of<IntMul>(net, "mul"), IntMul{});
  EXPECT_EQ(net.nodes[9].output, (Quantization{.scale = 1, .type = {8, true}}));
  EXPECT_EQ(op_of<Requantise>(net, "gemmlowp"),
            (Requantise{.dialect = Gemmlowp{{{1717986918, -4}}}, .clamp = {0, 15}}));
  EXPECT_EQ(op_of<Requantise>(net, "double"),
            (Requantise{.dialect = DoubleScale{{0.1}, Rounding::kHalfAway}, .clamp = kInt8Range}));
  EXPECT_EQ(op_of<RequantiseAdd>(net, "sum"),
            (RequantiseAdd{.rule = FixedAdd{1, 2, 1}, .clamp = kInt8Range}));
  EXPECT_EQ(op_of<GemmlowpSoftmax>(net, "softmax"),
            (GemmlowpSoftmax{.beta = {1717986918, 23}, .diff_min = -248, .clamp = {0, 255}}));
  EXPECT_EQ(op_of<QuantizeReal>(net, "codes"), (QuantizeReal{.factor = 2, .range = kInt8Range}));
  EXPECT_EQ(op_of<Pad>(net, "pad").value, 0);
  EXPECT_EQ(std::get<BatchNorm>(op_of<FloatIsland>(net, "norm").op).epsilon, 1e-5F);
  EXPECT_TRUE(bundle.samples.empty());
  EXPECT_TRUE(bundle.source.empty());
  EXPECT_EQ(bundle.description, "");
}

}  // namespace
}  // namespace systole
