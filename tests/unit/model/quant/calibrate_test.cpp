// calibrate_test.cpp: ranges over samples.
#include "model/quant/calibrate.h"

#include <gtest/gtest.h>

#include <limits>

#include "model/config/error.h"
#include "tests/fixtures/tiny_float.h"

namespace systole {
namespace {

FloatNetwork relu_network() {
  FloatNetwork network;
  network.name = "relu";
  network.inputs = {{.name = "x", .shape = {2}, .quantization = {.scale = 0.5, .type = {8, true}}}};
  network.nodes = {{.name = "y", .inputs = {"x"}, .op = Relu{}}};
  network.outputs = {"y"};
  return network;
}

TEST(Calibrate, KeepsSmallestAndLargestOfEveryTensor) {
  const RealRanges ranges = calibrate(relu_network(), {{"x", IntTensor({2, 2}, {-8, 3, 6, -2})}});
  EXPECT_EQ(ranges.at("x"), (RealRange{-4, 3}));
  EXPECT_EQ(ranges.at("y"), (RealRange{0, 3}));
}

TEST(Calibrate, ARangeNeedNotHoldZero) {
  const RealRanges ranges = calibrate(relu_network(), {{"x", IntTensor({1, 2}, {4, 8})}});
  EXPECT_EQ(ranges.at("y"), (RealRange{2, 4}));
}

TEST(Calibrate, ChunksCoverEverySample) {
  for (std::int64_t sample = 0; sample < 37; ++sample) {
    IntTensor codes({37, 2}, 1);
    codes[2 * sample] = -100;
    codes[2 * sample + 1] = 100;
    EXPECT_EQ(calibrate(relu_network(), {{"x", codes}}).at("x"), (RealRange{-50, 50})) << sample;
  }
}

TEST(Calibrate, EveryOpAndInputHasARange) {
  const Bundle bundle = tiny_float();
  const auto& network = std::get<FloatNetwork>(bundle.network);
  const RealRanges ranges =
      calibrate(network, all_integers(bundle.samples.at("calibration").inputs));
  EXPECT_EQ(ranges.size(), network.nodes.size() + 1);
}

TEST(Calibrate, ActivationsThatOverflowAreBadInput) {
  FloatNetwork network = relu_network();
  const float huge = std::numeric_limits<float>::max();
  network.nodes = {{.name = "y",
                    .inputs = {"x"},
                    .op = Linear{.weight = FloatTensor({2, 1}, huge), .bias = {}}}};
  try {
    calibrate(network, {{"x", IntTensor({1, 2}, 100)}});
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "y: got inf during calibration, expected finite activations");
  }
}

}  // namespace
}  // namespace systole
