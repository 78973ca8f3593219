// lower_networks.cpp: random weights of one seed in importers' ops.
#include "tests/cosim/lower_networks.h"

#include <random>
#include <utility>

#include "model/network/quantization.h"

namespace systole::test {
namespace {

constexpr IntType kInt8 = {.bits = 8};
constexpr IntRange kCodes = {-128, 127};
constexpr Window kPadded = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}};

struct Builder {
  IntNetwork network;
  std::mt19937 random{42};

  IntTensor codes(Shape shape) {
    IntTensor tensor(std::move(shape));
    for (std::int32_t& code : tensor.data) code = static_cast<std::int32_t>(random() % 255) - 127;
    return tensor;
  }
  FloatTensor reals(const Shape& shape) {
    const IntTensor all = codes(shape);
    return {shape, std::vector<float>(all.data.begin(), all.data.end())};
  }
  void add(const std::string& name, std::vector<std::string> inputs, IntOp op,
           Quantization output = kAccumulator) {
    network.nodes.push_back(
        {.name = name, .inputs = std::move(inputs), .op = std::move(op), .output = output});
    network.outputs = {name};
  }
  void real(const std::string& name, std::vector<std::string> inputs, IntOp op) {
    add(name, std::move(inputs), std::move(op), {});
    network.nodes.back().is_float = true;
  }
  /// Sums of about `spread` to int8 codes.
  void requantised(const std::string& name, const std::string& input, const Dialect& dialect,
                   std::int32_t zero_point) {
    add(name, {input},
        Requantise{.dialect = dialect,
                   .bias = {500, -900, 33, 0},
                   .zero_point = zero_point,
                   .clamp = kCodes},
        {.scale = 0.05, .zero_point = zero_point, .type = kInt8});
  }
  void quantised(const std::string& name, const std::string& input, float factor) {
    const QuantizeReal op{.factor = factor, .zero_point = 9, .range = {0, 255}, .subtract = true};
    add(name, {input}, op, {.scale = 1 / static_cast<double>(factor), .type = {.bits = 9}});
  }
};

IntConv2d conv(IntTensor weight, std::int32_t zero_point, std::int64_t groups = 1) {
  return {.params = {.window = kPadded, .groups = groups, .pad_value = zero_point},
          .weight = std::move(weight),
          .input_zero_point = zero_point};
}

Bundle bundle_of(IntNetwork network, AnyTensor samples) {
  Bundle bundle;
  bundle.samples["test"].inputs[network.inputs[0].name] = std::move(samples);
  bundle.network = std::move(network);
  return bundle;
}

}  // namespace

Bundle tflite_like() {
  Builder b;
  b.network.name = "tflite_like";
  b.network.inputs = {
      {.name = "x", .shape = {6, 6, 3}, .quantization = {.zero_point = -128, .type = kInt8}}};
  std::vector<QuantizedMultiplier> factors;
  for (const double factor : {0.0021, 0.0013, 0.0008, 0.0034})
    factors.push_back(quantized_multiplier(factor));
  b.add("conv", {"x"}, conv(b.codes({3, 3, 3, 4}), -128));
  b.requantised("conv.codes", "conv", Gemmlowp{factors}, -20);
  b.add("depthwise", {"conv.codes"}, conv(b.codes({3, 3, 1, 4}), -20, 4));
  b.requantised("depthwise.codes", "depthwise", Float32Scale{{0.003F}}, 7);
  b.add("sum", {"conv.codes", "depthwise.codes"},
        RequantiseAdd{.rule = GemmlowpAdd{quantized_multiplier(0.5), quantized_multiplier(0.4),
                                          quantized_multiplier(2 * 0.7 / 1048576)},
                      .zero_point_a = -20,
                      .zero_point_b = 7,
                      .zero_point = 3,
                      .clamp = {3, 127}},
        {.scale = 0.1, .zero_point = 3, .type = kInt8});
  b.add("pool", {"sum"}, RoundedAvgPool{{.kernel = {3, 3}, .stride = {3, 3}}, kCodes},
        {.scale = 0.1, .zero_point = 3, .type = kInt8});
  b.add("flat", {"pool"}, IntFlatten{}, {.scale = 0.1, .zero_point = 3, .type = kInt8});
  b.add("fc", {"flat"}, IntMatmul{b.codes({16, 4}), 3});
  b.requantised("logits", "fc", DoubleScale{{0.005}, Rounding::kHalfAway}, 0);
  b.add(
      "answer", {"logits"},
      GemmlowpSoftmax{.beta = {1 << 30, 22}, .diff_min = -124, .zero_point = -128, .clamp = kCodes},
      {.scale = 1 / 256.0, .zero_point = -128, .type = kInt8});
  IntTensor samples = b.codes({4, 6, 6, 3});
  return bundle_of(std::move(b.network), std::move(samples));
}

Bundle torch2chip_like() {
  Builder b;
  b.network.name = "torch2chip_like";
  b.network.inputs = {{.name = "image", .shape = {6, 6, 2}, .is_float = true}};
  const FloatIsland relu{Relu{}};
  b.quantised("codes", "image", 60.0F);
  b.add("stem", {"codes"}, conv(b.codes({3, 3, 2, 4}), 0));
  b.real("stem.scaled", {"stem"}, FloatMulShift{{9000, 7000, 4000, 8000}, {1e6F, 0, -5e5F, 0}, 26});
  b.real("stem.relu", {"stem.scaled"}, relu);
  b.quantised("block.codes", "stem.relu", 20.0F);
  b.add("block", {"block.codes"}, conv(b.codes({3, 3, 4, 4}), 0));
  b.real("block.scaled", {"block"}, FloatMulShift{{3000}, {0}, 26});
  b.real("joined", {"block.scaled", "stem.relu"}, FloatIsland{Add{}});
  b.real("joined.relu", {"joined"}, relu);
  b.real("largest", {"joined.relu"}, FloatIsland{MaxPool{{.kernel = {2, 2}, .stride = {2, 2}}}});
  b.real("mean", {"largest"}, FloatIsland{GlobalAvgPool{}});
  b.real("flat", {"mean"}, IntFlatten{});
  b.quantised("fc.codes", "flat", 15.0F);
  b.add("fc", {"fc.codes"}, IntMatmul{b.codes({4, 5})});
  b.real("logits", {"fc"}, FloatMulShift{{20000}, {1e5F}, 26});
  FloatTensor samples = b.reals({4, 6, 6, 2});
  for (float& value : samples.data) value /= 64.0F;
  return bundle_of(std::move(b.network), std::move(samples));
}

Bundle float_image_like() {
  Builder b;
  b.network.name = "float_image_like";
  b.network.inputs = {{.name = "image", .shape = {6, 6, 3}, .is_float = true}};
  Conv2d stem{.params = {.window = kPadded}, .weight = b.reals({3, 3, 3, 4})};
  b.real("stem", {"image"}, FloatIsland{std::move(stem)});
  b.real("scaled", {"stem"}, FloatMulShift{{200000}, {1e5F}, 26});
  b.quantised("codes", "scaled", 20.0F);
  b.add("block", {"codes"}, conv(b.codes({3, 3, 4, 4}), 0));
  b.real("logits", {"block"}, FloatMulShift{{20000}, {1e5F}, 26});
  FloatTensor samples = b.reals({4, 6, 6, 3});
  for (float& value : samples.data) value /= 64.0F;
  return bundle_of(std::move(b.network), std::move(samples));
}

}  // namespace systole::test
