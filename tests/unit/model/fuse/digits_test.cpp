// digits_test.cpp: the embedded network keeps its accuracy in integers.
#include <gtest/gtest.h>

#include "tests/unit/model/fuse/accuracy.h"

namespace systole {
namespace {

struct Case {
  const char* name;
  Recipe recipe;
};

class Digits : public testing::TestWithParam<Case> {};

TEST_P(Digits, StayWithinOnePointOfFloat) {
  const Correct correct = count_correct_images(SYSTOLE_DIGITS, GetParam().recipe);
  EXPECT_GE(correct.in_float, 350);  // 97 %.
  EXPECT_GE(correct.integer, correct.in_float - 3);
  RecordProperty("float", std::to_string(correct.in_float));
  RecordProperty("integer", std::to_string(correct.integer));
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
