// pytorch_proof_test.cpp: float networks of the data folder, imported from their checkpoints and
// run by our float path, against what PyTorch and ONNX Runtime computed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "model/network/bundle.h"
#include "model/network/execute.h"
#include "model/tensor/npy.h"
#include "model/tensor/safetensors.h"
#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

constexpr double kClose = 3e-5;  ///< Of logits up to 20: last places of the sums before them.

fs::path topology(const std::string& name) {
  return fs::path(SYSTOLE_SOURCE_ROOT) / "tests/flows/import/topologies" / (name + ".yaml");
}

/// The logits of a set of the bundle, by our float path.
FloatTensor logits(const Bundle& bundle, const std::string& set) {
  const auto& network = std::get<FloatNetwork>(bundle.network);
  const FloatTensors inputs = real_inputs(bundle.samples.at(set).inputs, network.inputs);
  return run_float(network, inputs).at(network.outputs[0]);
}

/// The answer to every sample: the place of its largest logit.
std::vector<std::int32_t> answers(const FloatTensor& logits) {
  std::vector<std::int32_t> result;
  for (std::int64_t row = 0; row < logits.rows(); ++row) {
    const auto first = logits.data.begin() + row * logits.channels();
    result.push_back(
        static_cast<std::int32_t>(std::max_element(first, first + logits.channels()) - first));
  }
  return result;
}

void expect_close(const FloatTensor& ours, const FloatTensor& theirs, double most) {
  ASSERT_EQ(ours.shape, theirs.shape);
  double largest = 0;
  for (std::int64_t i = 0; i < ours.size(); ++i)
    largest = std::max(largest, std::abs(double{ours[i]} - double{theirs[i]}));
  EXPECT_LE(largest, most);
  EXPECT_EQ(answers(ours), answers(theirs));
  testing::Test::RecordProperty("largest_difference", std::to_string(largest));
}

void import(const fs::path& checkpoint, const fs::path& topology,
            const std::vector<std::string>& samples, const std::string& bundle) {
  Source source{{"pytorch", checkpoint.string(), "--topology", topology.string()}};
  for (const std::string& file : samples)
    source.words.insert(source.words.end(), {"--samples", file});
  ASSERT_EQ(import_bundle(source, bundle), "");
}

/// The small network that tests/fixtures/pytorch/make_fixtures.py computed; logits reach 217.
TEST(FloatFixture, GivesItsLogitsFromBothKindsOfFile) {
  const fs::path folder = fs::path(SYSTOLE_SOURCE_ROOT) / "tests/fixtures/pytorch";
  const FloatTensor expected = NpyFile((folder / "logits.npy").string()).read_float();
  for (const char* file : {"small.pth", "small.th"}) {
    SCOPED_TRACE(file);
    const TempDirectory temp;
    import(folder / file, folder / "small.yaml", {(folder / "images.npy").string()},
           temp.path("net"));
    expect_close(logits(load_bundle(temp.path("net")), "test"), expected, 1e-4);
  }
}

class FloatCase : public testing::TestWithParam<const char*> {};

/// PyTorch adds in another order.
TEST_P(FloatCase, GivesWhatPyTorchComputed) {
  SYSTOLE_REQUIRE_DATA(data);
  const fs::path folder = data / "torch2chip" / GetParam();
  const TempDirectory temp;
  import(folder / "float_model.pth", topology(GetParam()), {(folder / "input.npy").string()},
         temp.path("net"));
  const FloatTensor recorded = NpyFile((folder / "out_float.npy").string()).read_float();
  expect_close(logits(load_bundle(temp.path("net")), "test"), recorded, kClose);
}

INSTANTIATE_TEST_SUITE_P(, FloatCase,
                         testing::Values("vit_w8a8_token", "swin_w8a8", "mobilenetv1_w8a8",
                                         "resnet20_w8a8", "resnet_basic_w8a8",
                                         "resnet_bottleneck_w8a8", "vgg_bn_bias_w8a8",
                                         "vgg_bn_nm24_w8a8", "vgg_bn_reclamp_w8a8", "vgg_bn_w8a4"),
                         [](const auto& test) { return test.param; });

/// Ids and mask of a BERT case, in one file.
std::string bert_samples(const fs::path& folder, const std::string& file) {
  std::vector<SafetensorsEntry> entries;
  for (const char* name : {"input_ids", "attention_mask"}) {
    const IntTensor values = NpyFile((folder / name).string() + ".npy").read_int();
    entries.push_back(encode(name, values, storage_type(values)));
  }
  write_safetensors(file, entries);
  return file;
}

TEST(FloatBert, GivesWhatPyTorchComputed) {
  SYSTOLE_REQUIRE_DATA(data);
  const fs::path folder = data / "torch2chip/bert_w8a8";
  const TempDirectory temp;
  import(folder / "float_model.pth", topology("bert_w8a8"),
         {bert_samples(folder, temp.path("samples.safetensors"))}, temp.path("net"));
  const FloatTensor recorded = NpyFile((folder / "out_float.npy").string()).read_float();
  expect_close(logits(load_bundle(temp.path("net")), "test"), recorded, kClose);
}

TEST(FloatResNet20, GivesWhatOnnxRuntimeComputed) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  const std::string io = data / "onnx_qdq/resnet20_s8s8_perchannel.io.safetensors";
  import(data / "cifar10_resnet/resnet20.th", topology("resnet20"), {io}, temp.path("net"));
  expect_close(logits(load_bundle(temp.path("net")), "test"),
               SafetensorsFile(io).read_float("float_model_output"), kClose);
}

/// The 20 CIFAR-10 images of the data folder with ImageNet's mean and deviation.
std::string cifar_samples(const fs::path& data, const std::string& file) {
  const fs::path images = data / "cifar10_lossless";
  const fs::path root = SYSTOLE_SOURCE_ROOT;
  const Finished finished = run_process(
      {(root / "build/python/bin/python").string(),
       (root / "flows/import/image_samples.py").string(), (images / "tests.idx").string(),
       "--labels", (images / "labels.idx").string(), "--mean", "0.485", "0.456", "0.406", "--std",
       "0.229", "0.224", "0.225", "-o", file});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  return file;
}

int count_right(const SampleSet& set, const FloatTensor& logits) {
  int right = 0;
  const std::vector<std::int32_t> found = answers(logits);
  for (std::size_t i = 0; i < found.size(); ++i) right += found[i] == set.labels[i] ? 1 : 0;
  return right;
}

TEST(FloatCifar, AnswersTheImagesOfTheDataFolder) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  const std::string samples = cifar_samples(data, temp.path("cifar.safetensors"));
  for (const auto& [name, right] : {std::pair{"resnet20", 18}, std::pair{"resnet56", 19}}) {
    import(data / "cifar10_resnet" / (std::string(name) + ".th"), topology(name), {samples},
           temp.path(name));
    const Bundle bundle = load_bundle(temp.path(name));
    const SampleSet& set = bundle.samples.at("test");
    ASSERT_EQ(set.count(), 20);
    EXPECT_EQ(count_right(set, logits(bundle, "test")), right) << name;
  }
}

}  // namespace
}  // namespace systole::test
