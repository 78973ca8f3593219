// digits_test.cpp: the embedded network keeps its accuracy in integers.
#include <gtest/gtest.h>

#include "model/fuse/fuse.h"
#include "model/network/bundle.h"
#include "model/quant/sqnr.h"

namespace systole {
namespace {

struct Case {
  const char* name;
  QuantizeRecipe recipe;
};

class Digits : public testing::TestWithParam<Case> {};

TEST_P(Digits, StayWithinOnePointOfFloat) {
  const Bundle bundle = load_bundle(SYSTOLE_DIGITS);
  const FloatNetwork& network = float_network(bundle, SYSTOLE_DIGITS);
  const RealRanges ranges =
      calibrate(network, all_integers(bundle.samples.at("calibration").inputs));
  const FusedNetwork fused = fuse(network, ranges, GetParam().recipe);
  const SampleSet& test = bundle.samples.at("test");
  ASSERT_EQ(test.count(), 360);
  const PathComparison paths =
      compare_paths(network, fused.network, fused.float_names, all_integers(test.inputs));
  const double float_accuracy =
      top1_accuracy(paths.float_outputs.at(network.outputs[0]), test.labels);
  const double int_accuracy =
      top1_accuracy(paths.int_outputs.at(fused.network.outputs[0]), test.labels);
  EXPECT_GE(float_accuracy, 0.97);
  EXPECT_GE(int_accuracy, float_accuracy - 0.01);
  RecordProperty("float", std::to_string(float_accuracy));
  RecordProperty("integer", std::to_string(int_accuracy));
}

constexpr auto kAffine = ActivationScheme::kAffine;
constexpr ScaleFormat kNormalized32 = {.is_normalized = true, .bits = 32};
// 32 bits, because the word also holds the bias, which is counted in output codes here.
constexpr ScaleFormat kFixed = {.is_normalized = false, .bits = 32, .frac_bits = 16};

INSTANTIATE_TEST_SUITE_P(
    , Digits,
    testing::Values(Case{"SymmetricNormalized16", {}},
                    Case{"AffineNormalized16", {.activations = kAffine}},
                    Case{"SymmetricNormalized32", {.scale = kNormalized32}},
                    Case{"AffineNormalized32", {.activations = kAffine, .scale = kNormalized32}},
                    Case{"SymmetricFixed", {.scale = kFixed}},
                    Case{"AffineFixed", {.activations = kAffine, .scale = kFixed}},
                    Case{"Residual16Bits", {.residual_bits = 16}},
                    Case{"HalfUp", {.rounding = Rounding::kHalfUp}}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace systole
