// digits_test.cpp: the embedded network keeps its accuracy in integers.
#include <gtest/gtest.h>

#include "model/fuse/encode.h"
#include "model/fuse/fuse.h"
#include "model/network/bundle.h"
#include "model/quant/answers.h"
#include "model/quant/paths.h"

namespace systole {
namespace {

struct Case {
  const char* name;
  Recipe recipe;
};

class Digits : public testing::TestWithParam<Case> {};

TEST_P(Digits, StayWithinOnePointOfFloat) {
  const Bundle bundle = load_bundle(SYSTOLE_DIGITS);
  const FloatNetwork& network = float_network(bundle, SYSTOLE_DIGITS);
  const EncodedNetwork encoded =
      encode(network, GetParam().recipe, samples_of(bundle.samples.at("calibration").inputs));
  const FusedNetwork fused = fuse(encoded, {GetParam().recipe.rounding, GetParam().recipe.scale});
  const SampleSet& test = bundle.samples.at("test");
  ASSERT_EQ(test.count(), 360);
  const PathComparison paths =
      compare_paths({encoded, &fused.network, fused.float_names}, samples_of(test.inputs));
  const auto accuracy = [&](const FloatTensor& scores) {
    return static_cast<double>(count_correct(scores, test.labels)) / 360;
  };
  const double float_accuracy = accuracy(paths.float_outputs.at(network.outputs[0]));
  const double int_accuracy = accuracy(paths.int_outputs.at(fused.network.outputs[0]));
  EXPECT_GE(float_accuracy, 0.97);
  EXPECT_GE(int_accuracy, float_accuracy - 0.01);
  RecordProperty("float", std::to_string(float_accuracy));
  RecordProperty("integer", std::to_string(int_accuracy));
}

constexpr ScaleFormat kNormalized32 = {.bits = 32};
// 32 bits, because the word also holds the bias, which is counted in output codes here.
constexpr ScaleFormat kFixed = {.kind = ScaleFormat::Kind::kFixed, .bits = 32, .frac_bits = 16};

Recipe recipe(bool is_affine, const ScaleFormat& scale = {}) {
  Recipe result{.scale = scale};
  result.activations.is_symmetric = !is_affine;
  return result;
}

Recipe wide_residuals() {
  Recipe result;
  result.residuals.bits = 16;
  return result;
}

INSTANTIATE_TEST_SUITE_P(, Digits,
                         testing::Values(Case{"SymmetricNormalized16", recipe(false)},
                                         Case{"AffineNormalized16", recipe(true)},
                                         Case{"SymmetricNormalized32",
                                              recipe(false, kNormalized32)},
                                         Case{"AffineNormalized32", recipe(true, kNormalized32)},
                                         Case{"SymmetricFixed", recipe(false, kFixed)},
                                         Case{"AffineFixed", recipe(true, kFixed)},
                                         Case{"Residual16Bits", wide_residuals()},
                                         Case{"HalfUp", {.rounding = Rounding::kHalfUp}}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace systole
