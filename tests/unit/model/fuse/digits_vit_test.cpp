// digits_vit_test.cpp: the embedded transformer keeps its accuracy in integers.
#include <gtest/gtest.h>

#include "tests/unit/model/fuse/accuracy.h"

namespace systole {
namespace {

struct VitCase {
  const char* name;
  Recipe recipe;
};

void PrintTo(const VitCase& test, std::ostream* out) { *out << test.name; }

class DigitsVit : public testing::TestWithParam<VitCase> {};

TEST_P(DigitsVit, StaysWithinOnePointOfFloat) {
  const Correct correct = count_correct_images(SYSTOLE_DIGITS_VIT, GetParam().recipe);
  EXPECT_GE(correct.in_float, 342);  // 95 %.
  EXPECT_GE(correct.fake_quant, correct.in_float - 3);
  EXPECT_GE(correct.integer, correct.in_float - 3);
  RecordProperty("float", std::to_string(correct.in_float));
  RecordProperty("fake-quant", std::to_string(correct.fake_quant));
  RecordProperty("integer", std::to_string(correct.integer));
}

Recipe affine() {
  Recipe recipe;
  recipe.activations.is_symmetric = false;
  return recipe;
}

Recipe factor_256() {
  Recipe recipe;
  recipe.probability_factor = 256;
  return recipe;
}

INSTANTIATE_TEST_SUITE_P(, DigitsVit,
                         testing::Values(VitCase{"Symmetric", {}}, VitCase{"Affine", affine()},
                                         VitCase{"Factor256", factor_256()}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace systole
