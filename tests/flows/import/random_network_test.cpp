// random_network_test.cpp: well-known networks with random weights, made by the command and run by
// our float path.
#include <gtest/gtest.h>

#include <cmath>

#include "model/network/bundle.h"
#include "model/network/execute.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SYSTOLE_SOURCE_ROOT;

/// The model's topology as the zoo prints it, in `directory`.
std::string write_topology(const TempDirectory& directory, const std::string& model) {
  const Finished finished = run_process({(kRoot / "build/python/bin/python").string(),
                                         (kRoot / "flows/import/model_zoo.py").string(), model});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  write_text(directory.path("net.yaml"), finished.out);
  return directory.path("net.yaml");
}

/// Mean and standard deviation of a channel.
std::pair<double, double> moments(const FloatTensor& x, std::int64_t channel) {
  double sum = 0, squares = 0;
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const double value = x[row * x.channels() + channel];
    sum += value;
    squares += value * value;
  }
  const double count = static_cast<double>(x.rows()), mean = sum / count;
  return {mean, std::sqrt(std::max(0.0, squares / count - mean * mean))};
}

class RandomNetwork : public testing::TestWithParam<const char*> {};

/// NumPy fitted every batch norm to the calibration set, so that its result has mean beta and
/// deviation gamma: our float path must find them there, whatever layers come before.
TEST_P(RandomNetwork, HasTheActivationsThatItsBatchNormsSay) {
  const TempDirectory temp;
  const Finished made = run_systole({"random", "--topology", write_topology(temp, GetParam()),
                                     "--seed", "3", "--count", "2", "-o", temp.path("net")});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Bundle bundle = load_bundle(temp.path("net"));
  const auto& network = std::get<FloatNetwork>(bundle.network);
  EXPECT_EQ(bundle.samples.at("test").count(), 2);
  int norms = 0;
  run_float(network, real_inputs(bundle.samples.at("calibration").inputs, network.inputs),
            [&](const FloatNode& node, const FloatTensor& y) {
              const auto* norm = std::get_if<BatchNorm>(&node.op);
              if (norm == nullptr) return;
              ++norms;
              for (std::int64_t c = 0; c < y.channels(); ++c) {
                const auto [mean, deviation] = moments(y, c);
                // Epsilon and the rounding of the statistics to 11 bits.
                ASSERT_NEAR(mean, norm->beta[c], 0.02) << node.name << " channel " << c;
                ASSERT_NEAR(deviation, norm->gamma[c], 0.02) << node.name << " channel " << c;
              }
            });
  EXPECT_GT(norms, 7);
}

INSTANTIATE_TEST_SUITE_P(, RandomNetwork,
                         testing::Values("resnet18", "resnet34", "resnet50", "resnet20", "resnet56",
                                         "mobilenet_v1", "mobilenet_v2", "vgg11_bn", "vgg16_bn"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace systole::test
