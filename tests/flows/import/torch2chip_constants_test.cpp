// torch2chip_constants_test.cpp: from float weights, our quantizers and our fuser give the integers
// that Torch2Chip exported.
#include <gtest/gtest.h>

#include <cmath>

#include "model/fuse/fuse.h"
#include "model/network/bundle.h"
#include "model/network/float_params.h"
#include "model/network/shapes.h"
#include "model/quant/fake_quantize.h"
#include "model/quant/range_encoding.h"
#include "model/quant/tensor_observer.h"
#include "model/tensor/safetensors.h"
#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

/// A case's float network and its exported tensors.
struct Export {
  FloatNetwork network;
  std::unique_ptr<TempDirectory> temp;
  std::unique_ptr<SafetensorsFile> tensors;

  /// The export's name of a product's unit, such as "conv1.conv" or "fc.linear".
  std::string unit(const FloatNode& node) const {
    return node.name + (std::holds_alternative<Conv2d>(node.op) ? ".conv" : ".linear");
  }
  FloatTensor get(const std::string& name) const { return tensors->read_float(name); }
  double scalar(const std::string& name) const { return static_cast<double>(get(name)[0]); }
};

Export load(const fs::path& data, const std::string& name, const std::string& float_case) {
  const fs::path root = SYSTOLE_SOURCE_ROOT;
  Export result;
  result.temp = std::make_unique<TempDirectory>();
  const Source source{{"pytorch", (data / "torch2chip" / float_case / "float_model.pth").string(),
                       "--topology",
                       (root / "tests/flows/import/topologies" / (name + ".yaml")).string()}};
  EXPECT_EQ(import_bundle(source, result.temp->path("net")), "");
  result.network = std::get<FloatNetwork>(load_bundle(result.temp->path("net")).network);
  const std::string file = result.temp->path("export.safetensors");
  const Finished dump =
      run_process({(root / "build/python/bin/python").string(),
                   (root / "tests/flows/import/dump_checkpoint.py").string(),
                   (data / "torch2chip" / name / "t2c_model.pth.tar").string(), file});
  EXPECT_EQ(dump.exit_code, 0) << dump.err;
  result.tensors = std::make_unique<SafetensorsFile>(file);
  return result;
}

/// [out, in, kh, kw] or [out, in] to [kh, kw, in, out] or [in, out]; `pixels` of an image that was
/// flattened come behind its channels there, and before them here.
FloatTensor to_ours(const FloatTensor& theirs, std::int64_t pixels) {
  const Shape& s = theirs.shape;
  const bool is_conv = s.size() == 4;
  const std::int64_t kernel = is_conv ? s[2] * s[3] : pixels;
  const std::int64_t channels = is_conv ? s[1] : s[1] / pixels;
  FloatTensor ours(is_conv ? Shape{s[2], s[3], s[1], s[0]} : Shape{s[1], s[0]});
  for (std::int64_t o = 0; o < s[0]; ++o)
    for (std::int64_t i = 0; i < channels; ++i)
      for (std::int64_t p = 0; p < kernel; ++p)
        ours[(p * channels + i) * s[0] + o] = theirs[(o * channels + i) * kernel + p];
  return ours;
}

/// Of the image that a product's operand was flattened from; 1 without a flatten.
std::int64_t flattened_pixels(const FloatNetwork& network, const FloatNode& product) {
  const Shapes shapes = infer_shapes(network, 1);
  for (const FloatNode& node : network.nodes)
    if (node.name == product.inputs[0] && std::holds_alternative<Flatten>(node.op))
      return shapes.at(node.inputs[0])[1] * shapes.at(node.inputs[0])[2];
  return 1;
}

std::vector<const FloatNode*> products(const FloatNetwork& network) {
  std::vector<const FloatNode*> found;
  for (const FloatNode& node : network.nodes)
    if (is_product(node.op)) found.push_back(&node);
  return found;
}

constexpr QuantizerConvention kTorch2Chip = {Arithmetic::kFloat32, ScaleKind::kInverse};

struct Case {
  const char* name;
  const char* float_case;  ///< Whose folder has the float network.
  int bits;
};

class ChannelWeights : public testing::TestWithParam<Case> {};

TEST_P(ChannelWeights, ByMinMaxAreTheirsToTheLastInteger) {
  SYSTOLE_REQUIRE_DATA(data);
  const Export theirs = load(data, GetParam().name, GetParam().float_case);
  const QuantizerRecipe recipe = {.bits = GetParam().bits,
                                  .sign = CodeSign::kSigned,
                                  .fit = SymmetricFit::kEvenSteps,
                                  .granularity = PerChannel{-1}};
  std::int64_t compared = 0, scales = 0;
  for (const FloatNode* node : products(theirs.network)) {
    const std::string unit = theirs.unit(*node);
    const FloatTensor& weight = weight_of(node->op);
    const Encoding encoding = encode_tensor(node->name, recipe, weight, kTorch2Chip);
    const FloatTensor their_scales = theirs.get(unit + ".wq.scale");
    ASSERT_EQ(their_scales.size(), encoding.scale.size());
    for (std::int64_t c = 0; c < their_scales.size(); ++c)
      ASSERT_EQ(encoding.scale[c], static_cast<double>(their_scales[c])) << unit << " " << c;
    const IntTensor codes = quantize(weight, encoding, Arithmetic::kFloat32);
    const std::int64_t pixels = flattened_pixels(theirs.network, *node);
    const FloatTensor integers = to_ours(theirs.get(unit + ".qweight"), pixels);
    const FloatTensor mask = to_ours(theirs.get(unit + ".mask"), pixels);
    ASSERT_EQ(codes.shape, integers.shape);
    for (std::int64_t i = 0; i < codes.size(); ++i)
      ASSERT_EQ(static_cast<float>(codes[i]) * mask[i], integers[i]) << unit << " " << i;
    compared += codes.size();
    scales += encoding.scale.size();
  }
  EXPECT_GT(compared, 17000);
  RecordProperty("integers", std::to_string(compared));
  RecordProperty("scales", std::to_string(scales));
}

INSTANTIATE_TEST_SUITE_P(, ChannelWeights,
                         testing::Values(Case{"mobilenetv1_w8a8", "mobilenetv1_w8a8", 8},
                                         Case{"resnet20_w8a8", "resnet20_w8a8", 8},
                                         Case{"resnet20_w4a4", "resnet20_w8a8", 4},
                                         Case{"resnet_basic_w8a8", "resnet_basic_w8a8", 8},
                                         Case{"vgg_bn_bias_w8a8", "vgg_bn_bias_w8a8", 8},
                                         Case{"vgg_bn_nm24_w8a8", "vgg_bn_nm24_w8a8", 8}),
                         [](const auto& test) { return test.param.name; });

/// Its layer trainer kept the range of the first batches, which the export tells.
TEST(TensorWeights, ByMinMaxAreTheirsToTheLastInteger) {
  SYSTOLE_REQUIRE_DATA(data);
  const Export theirs = load(data, "vgg_bn_reclamp_w8a8", "vgg_bn_reclamp_w8a8");
  std::int64_t compared = 0;
  for (const FloatNode* node : products(theirs.network)) {
    const std::string unit = theirs.unit(*node);
    const RealRange range = {theirs.scalar(unit + ".wq.observer.lb"),
                             theirs.scalar(unit + ".wq.observer.ub")};
    Encoding encoding = encode_ranges(
        unit, {.format = IntFormat{.is_signed = false, .is_symmetric = false}},
        Tensor<RealRange>({}, {range}), Arithmetic::kFloat32, {}, ScaleKind::kInverse);
    // They round ub - lb to float32 before they divide it: one or two last places.
    const double scale = theirs.scalar(unit + ".wq.scale");
    EXPECT_NEAR(encoding.scale[0], scale, 0x1p-22 * scale) << unit;
    encoding.scale[0] = scale;
    EXPECT_EQ(encoding.zero_point[0], theirs.scalar(unit + ".wq.zero_point")) << unit;
    const IntTensor codes = quantize(weight_of(node->op), encoding, Arithmetic::kFloat32);
    const std::int64_t pixels = flattened_pixels(theirs.network, *node);
    const FloatTensor integers = to_ours(theirs.get(unit + ".qweight"), pixels);
    for (std::int64_t i = 0; i < codes.size(); ++i)
      ASSERT_EQ(static_cast<float>(codes[i] - encoding.zero_point[0]), integers[i]) << unit;
    compared += codes.size();
  }
  EXPECT_EQ(compared, 17136);
}

/// A quantizer of one scale, or of one per output channel, held as 1 / Δ.
Encoding given(const std::string& name, const FloatTensor& inverse, int axis) {
  Encoding encoding{.name = name, .scale_is = ScaleKind::kInverse};
  if (inverse.size() > 1) encoding.spec.granularity = PerChannel{axis};
  const Shape shape = inverse.size() > 1 ? Shape{inverse.size()} : Shape{};
  encoding.scale = Tensor<double>(shape);
  encoding.zero_point = IntTensor(shape);
  for (std::int64_t c = 0; c < inverse.size(); ++c)
    encoding.scale[c] = static_cast<double>(inverse[c]);
  return encoding;
}

/// The constants of one product with its batch norm, in units of 1 and with 26 fractional bits.
std::vector<MulQuantChannel> constants(const Export& theirs, const FloatNode& product,
                                       const FloatNode* norm) {
  EncodedNetwork layer;
  layer.network.name = product.name;
  const Shapes shapes = infer_shapes(theirs.network, 1);
  Shape shape = shapes.at(product.inputs[0]);
  shape.erase(shape.begin());
  layer.network.inputs = {{.name = "x", .shape = shape, .is_float = true}};
  FloatNode head = product;
  head.inputs = {"x"};
  // Torch2Chip leaves a convolution's bias out of the fold.
  if (norm != nullptr) bias_of(head.op) = {};
  layer.network.nodes = {head};
  if (norm != nullptr) layer.network.nodes.push_back(*norm);
  layer.network.outputs = {layer.network.nodes.back().name};
  const std::string unit = theirs.unit(product);
  layer.tensors["x"] = given("x", theirs.get(unit + ".aq.scale"), 0);
  const FloatTensor& weight = weight_of(product.op);
  layer.weights[product.name] = {
      given(unit, theirs.get(unit + ".wq.scale"), static_cast<int>(weight.shape.size()) - 1),
      IntTensor(weight.shape, 1)};
  layer.tensors[layer.network.outputs[0]] = given("y", FloatTensor({1}, 1.0F), 0);
  const FusedNetwork fused =
      fuse(layer, {.scale = {ScaleFormat::Kind::kFixed, 32, 26}}, {.wrap = true});
  return std::get<MulQuant>(fused.network.nodes.back().op).channels;
}

class Constants : public testing::TestWithParam<const char*> {};

/// Torch2Chip computes in float32: its scales are ours to the last integer; a bias is beta - gamma
/// mu / sigma in three roundings, each by half a last place of a number of that size.
TEST_P(Constants, AreTheirs) {
  SYSTOLE_REQUIRE_DATA(data);
  const Export theirs = load(data, GetParam(), GetParam());
  std::int64_t scales = 0, equal_scales = 0, equal_biases = 0;
  for (const FloatNode* node : products(theirs.network)) {
    if (!theirs.tensors->contains(node->name + ".scaler.scale")) continue;
    const FloatNode* norm = nullptr;
    for (const FloatNode& other : theirs.network.nodes)
      if (std::holds_alternative<BatchNorm>(other.op) && other.inputs[0] == node->name)
        norm = &other;
    const FloatTensor scale = theirs.get(node->name + ".scaler.scale");
    const FloatTensor bias = theirs.get(node->name + ".scaler.bias");
    const std::vector<MulQuantChannel> ours = constants(theirs, *node, norm);
    const auto channels = static_cast<std::int64_t>(ours.size());
    ASSERT_TRUE(scale.size() == channels || scale.size() == 1);
    for (std::int64_t c = 0; c < channels; ++c) {
      const MulQuantChannel& mine = ours[static_cast<std::size_t>(c)];
      // An export holds integers as float32.
      const float theirs_s = scale[scale.size() == 1 ? 0 : c];
      equal_scales += static_cast<float>(mine.scale) == theirs_s ? 1 : 0;
      EXPECT_NEAR(static_cast<double>(mine.scale), static_cast<double>(theirs_s),
                  1 + 1e-7 * std::abs(static_cast<double>(theirs_s)));
      if (bias.size() == channels) {
        const double their_b = static_cast<double>(bias[c]);
        double size = std::abs(their_b);
        if (norm != nullptr) {
          const auto& bn = std::get<BatchNorm>(norm->op);
          size = std::max({size, std::abs(std::ldexp(static_cast<double>(bn.beta[c]), 26)),
                           std::abs(std::ldexp(static_cast<double>(bn.beta[c]), 26) - their_b)});
        }
        equal_biases += static_cast<float>(mine.bias) == bias[c] ? 1 : 0;
        EXPECT_NEAR(static_cast<double>(mine.bias), their_b, 1 + 0x1.8p-23 * size)
            << node->name << " channel " << c;
      }
      ++scales;
    }
  }
  EXPECT_GT(scales, 100);
  EXPECT_EQ(equal_scales, scales);
  EXPECT_GT(equal_biases, scales / 3);
  RecordProperty("scales", std::to_string(scales));
  RecordProperty("equal_scales", std::to_string(equal_scales));
  RecordProperty("equal_biases", std::to_string(equal_biases));
  std::printf("%s: %ld channels, %ld scales and %ld biases equal\n", GetParam(),
              static_cast<long>(scales), static_cast<long>(equal_scales),
              static_cast<long>(equal_biases));
}

INSTANTIATE_TEST_SUITE_P(, Constants,
                         testing::Values("mobilenetv1_w8a8", "resnet20_w8a8", "resnet_basic_w8a8",
                                         "resnet_bottleneck_w8a8", "vgg_bn_bias_w8a8",
                                         "vgg_bn_nm24_w8a8", "vgg_bn_reclamp_w8a8", "vgg_bn_w8a4"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace systole::test
