// histograms_test.cpp: the distribution of every quantised tensor of a network of one product.
#include "flows/cli/histograms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

using testing::ElementsAre;

Encoding one_scale(const std::string& name, const IntFormat& format, double scale) {
  return {.name = name,
          .spec = {.format = format},
          .scale = Tensor<double>({}, {scale}),
          .zero_point = IntTensor({}, {0})};
}

/// fc = x0 w0 + x1 w1; every tensor has a quantizer.
EncodedNetwork product(const FloatTensor& weight) {
  const Quantization halves = {.scale = 0.5, .type = {8, true}};
  EncodedNetwork encoded;
  encoded.network.name = "product";
  encoded.network.inputs = {{.name = "x", .shape = {2}, .quantization = halves}};
  encoded.network.nodes = {
      {.name = "fc", .inputs = {"x"}, .op = Linear{.weight = weight, .bias = {}}}};
  encoded.network.outputs = {"fc"};
  encoded.tensors["x"] = one_scale("x", {.bits = 8}, 0.5);
  encoded.tensors["fc"] = one_scale("fc", {.bits = 4}, 0.25);
  encoded.weights["fc"] = {one_scale("fc.weight", {.bits = 2, .is_narrow = true}, 0.5), {}};
  encoded.methods["fc"] = "minmax";
  return encoded;
}

/// Reals {1, 2}, {-1, 0}, {3, 1}.
const AnyTensors kSamples = {{"x", IntTensor({3, 2}, {2, 4, -2, 0, 6, 2})}};

std::vector<TensorHistogram> histograms_of(const EncodedNetwork& encoded,
                                           const BatchOptions& options = {}) {
  return collect_histograms(encoded, samples_of(kSamples), options);
}

nlohmann::ordered_json json_of(const EncodedNetwork& encoded) {
  return to_json(histograms_of(encoded));
}

/// Index and count of the bins that are not empty.
std::vector<std::pair<std::int64_t, std::int64_t>> filled(const nlohmann::ordered_json& tensor) {
  std::vector<std::pair<std::int64_t, std::int64_t>> bins;
  const auto counts = tensor["counts"].get<std::vector<std::int64_t>>();
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0)
      bins.emplace_back(tensor["first_bin"].get<std::int64_t>() + static_cast<std::int64_t>(i),
                        counts[i]);
  return bins;
}

TEST(Histograms, CountTheInputTheWeightAndTheOutputOfAProduct) {
  const auto tensors = json_of(product({{2, 1}, {1.0F, -0.5F}}));
  ASSERT_EQ(tensors.size(), 3);
  // The widths are the smallest powers of two that make at most 2,048 bins of [-1, 3], of
  // [-0.5, 1] and, fc being {0, -1, 2.5}, of [-1, 2.5].
  EXPECT_EQ(tensors[0]["bin_width"], 1.0 / 256);
  EXPECT_THAT(filled(tensors[0]),
              ElementsAre(std::pair(-256, 1), std::pair(0, 1), std::pair(256, 2), std::pair(512, 1),
                          std::pair(768, 1)));
  EXPECT_EQ(tensors[1]["bin_width"], 1.0 / 1024);
  EXPECT_THAT(filled(tensors[1]), ElementsAre(std::pair(-512, 1), std::pair(1024, 1)));
  EXPECT_EQ(tensors[2]["bin_width"], 1.0 / 512);
  EXPECT_THAT(filled(tensors[2]),
              ElementsAre(std::pair(-512, 1), std::pair(0, 1), std::pair(1280, 1)));
}

TEST(Histograms, SayWhatTheQuantizerHoldsAndWhatItClips) {
  const auto tensors = json_of(product({{2, 1}, {1.0F, -0.5F}}));
  const auto& weight = tensors[1];
  EXPECT_EQ(weight["name"], "fc.weight");
  EXPECT_EQ(weight["kind"], "weight");
  EXPECT_EQ(weight["range"], (std::vector<double>{-0.5, 0.5}));
  EXPECT_EQ(weight["clipped"], 1);  // 1 is a whole step beyond 0.5.
  const auto& output = tensors[2];
  EXPECT_EQ(output["name"], "fc");
  EXPECT_EQ(output["op"], "fc");
  EXPECT_EQ(output["kind"], "activation");
  EXPECT_EQ(output["format"], "int4");
  EXPECT_EQ(output["method"], "minmax");
  EXPECT_EQ(output["range"], (std::vector<double>{-2, 1.75}));
  EXPECT_EQ(output["clipped"], 1);
  EXPECT_EQ(output["elements"], 3);
  EXPECT_EQ(output["scale"], 0.25);
  EXPECT_EQ(output["zero_point"], 0);
  EXPECT_EQ(output["codes"], (std::vector<int>{-8, 7}));
}

TEST(Histograms, LeaveOutTheEmptyBinsUpToZeroOfANegativeTensor) {
  const auto weight = json_of(product({{2, 1}, {-1.0F, -0.5F}}))[1];
  EXPECT_EQ(weight["bin_width"], 1.0 / 1024);
  EXPECT_EQ(weight["first_bin"], -1024);
  EXPECT_EQ(weight["counts"].size(), 513);
}

TEST(Histograms, ShowAnOperandWithAQuantizerOfItsOwnBesideItsTensor) {
  EncodedNetwork encoded = product({{2, 1}, {1.0F, -0.5F}});
  encoded.operands[{"fc", 0}] = one_scale("fc.inputs[0]", {.bits = 2}, 1.0);
  const auto tensors = json_of(encoded);
  ASSERT_EQ(tensors.size(), 4);
  EXPECT_EQ(tensors[1]["name"], "fc.inputs[0]");
  EXPECT_EQ(tensors[1]["op"], "fc");
  EXPECT_EQ(tensors[1]["counts"], tensors[0]["counts"]);
  EXPECT_EQ(tensors[1]["clipped"], 2);  // 2 and 3, of codes -2 to 1.
}

TEST(Histograms, HaveNoScaleToDrawACodeGridFromWhereThereAreSeveral) {
  EncodedNetwork encoded = product({{2, 2}, {1.0F, -0.5F, 0.25F, 0.5F}});
  Encoding& weight = encoded.weights["fc"].encoding;
  weight.spec.granularity = PerChannel{1};
  weight.scale = Tensor<double>({2}, {0.5, 2.0});
  weight.zero_point = IntTensor({2});
  const auto tensor = json_of(encoded)[1];
  EXPECT_FALSE(tensor.contains("scale"));
  EXPECT_FALSE(tensor.contains("codes"));
  EXPECT_EQ(tensor["range"], (std::vector<double>{-2, 2}));
}

TEST(Histograms, DoNotDependOnBatchesOrThreads) {
  const EncodedNetwork encoded = product({{2, 1}, {1.0F, -0.5F}});
  const auto all = to_json(histograms_of(encoded));
  for (const int threads : {1, 2, 5})
    EXPECT_EQ(to_json(histograms_of(encoded, {.batch = 1, .threads = threads})), all) << threads;
}

TEST(Histograms, CountEveryElementOnce) {
  for (const TensorHistogram& one : histograms_of(product({{2, 1}, {1.0F, -0.5F}}))) {
    const auto& counts = one.values.counts();
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}), one.report.elements)
        << one.report.name;
  }
}

TEST(Histograms, RefuseWhatIsNotFinite) {
  const float infinite = std::numeric_limits<float>::infinity();
  EXPECT_EQ(message_of([&] {
              histograms_of(product({{2, 1}, {1.0F, infinite}}));
            }),
            "fc.weight: got inf at element [1, 0], expected finite values");
  EncodedNetwork encoded = product({{2, 1}, {1.0F, 3e38F}});
  encoded.network.inputs[0].quantization.scale = 1e6;
  EXPECT_EQ(message_of([&] { histograms_of(encoded); }),
            "fc: got inf at element [0, 0], expected finite values");
}

}  // namespace
}  // namespace systole
