// calibrate_test.cpp: what observers see of a network over samples.
#include "model/quant/calibrate.h"

#include <gtest/gtest.h>

#include <limits>

#include "model/quant/tensor_observer.h"
#include "tests/unit/model/support.h"

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

Watch watch(const std::vector<std::string>& tensors, TensorObserver& observer) {
  return {tensors, [&observer](const FloatTensor& x) { observer.observe(x); }};
}

/// The scales of affine codes of 2 bits, a third of the range each, after watching `tensors`.
Encoding watched(const std::vector<std::string>& tensors, const IntTensor& codes,
                 const BatchOptions& options = {}, const RangeMethod& method = MinMax{}) {
  const QuantizerRecipe recipe = {.bits = 2, .is_symmetric = false, .method = method};
  TensorObserver observer("t", recipe);
  const AnyTensors samples = {{"x", codes}};
  calibrate(relu_network(), samples_of(samples), {watch(tensors, observer)}, options);
  return observer.encoding({});
}

TEST(Calibrate, ObserversSeeInputsAndOutputs) {
  const IntTensor codes({2, 2}, {-8, 3, 6, -2});
  EXPECT_EQ(watched({"x"}, codes).scale[0], 7.0 / 3);
  EXPECT_EQ(watched({"y"}, codes).scale[0], 1.0);
}

TEST(Calibrate, ASharedObserverSeesAllItsTensors) {
  const Encoding shared = watched({"x", "y"}, IntTensor({2, 2}, {-8, 3, 6, -2}));
  EXPECT_EQ(shared.scale[0], 7.0 / 3);
  EXPECT_EQ(shared.zero_point[0], 2);
}

TEST(Calibrate, EverySampleCountsWhateverTheBatch) {
  for (std::int64_t sample = 0; sample < 37; ++sample)
    for (const std::int64_t batch : {1, 16, 64}) {
      IntTensor codes({37, 2}, 1);
      codes[2 * sample] = -100;
      codes[2 * sample + 1] = 100;
      EXPECT_EQ(watched({"x"}, codes, {.batch = batch}).scale[0], 100.0 / 3) << sample;
    }
}

TEST(Calibrate, ThreadsDoNotChangeEvenAMovingAverage) {
  IntTensor codes({64, 2});
  for (std::int64_t i = 0; i < codes.size(); ++i)
    codes[i] = static_cast<std::int32_t>(i * 37 % 101);
  const MovingAverageMinMax method;
  const Encoding expected = watched({"y"}, codes, {.batch = 4}, method);
  for (const int threads : {2, 3, 8})
    EXPECT_EQ(watched({"y"}, codes, {.batch = 4, .threads = threads}, method), expected) << threads;
  EXPECT_NE(watched({"y"}, codes, {.batch = 8}, method), expected);
}

TEST(Calibrate, NoSamplesAreBadInput) {
  EXPECT_EQ(message_of([] { calibrate(relu_network(), {}, {}); }),
            "relu: got no samples, expected at least one sample to calibrate with");
}

TEST(Calibrate, ActivationsThatOverflowAreBadInput) {
  FloatNetwork network = relu_network();
  const float huge = std::numeric_limits<float>::max();
  network.nodes = {{.name = "y",
                    .inputs = {"x"},
                    .op = Linear{.weight = FloatTensor({2, 1}, huge), .bias = {}}}};
  TensorObserver observer("y", {});
  const AnyTensors samples = {{"x", IntTensor({1, 2}, 100)}};
  EXPECT_EQ(message_of([&] { calibrate(network, samples_of(samples), {watch({"y"}, observer)}); }),
            "y: got inf at element 0, expected finite values for calibration");
}

}  // namespace
}  // namespace systole
