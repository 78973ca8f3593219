// tiny_test.cpp: the fixture network, which holds every pattern at once.
#include <set>

#include "tests/fixtures/tiny_float.h"
#include "tests/unit/model/fuse/patterns.h"

namespace systole {
namespace {

TEST(Tiny, UsesEveryOpOfOurOwnThatFusionTakesOrMakes) {
  std::set<std::size_t> float_ops;
  const Bundle floats = tiny_float();
  for (const FloatNode& node : std::get<FloatNetwork>(floats.network).nodes)
    float_ops.insert(node.op.index());
  // Then come those that only importers write.
  EXPECT_EQ(float_ops.size(), FloatOp(Flatten{}).index() + 1);
  std::set<std::size_t> int_ops = {IntOp(MulShift{}).index()};
  const Bundle integers = tiny_int();
  for (const IntNode& node : std::get<IntNetwork>(integers.network).nodes)
    int_ops.insert(node.op.index());
  EXPECT_EQ(int_ops.size(), IntOp(IntFlatten{}).index() + 1);  // Then come other tools' ops.
}

TEST(Tiny, StaysCloseToFloatInEveryScheme) {
  const Bundle bundle = tiny_float();
  const auto& network = std::get<FloatNetwork>(bundle.network);
  const SampleSource samples = samples_of(bundle.samples.at("calibration").inputs);
  for (const bool is_affine : {false, true})
    for (const int residual_bits : {8, 16}) {
      Recipe recipe = affine_recipe(is_affine);
      recipe.residuals.bits = residual_bits;
      const EncodedNetwork encoded = encode(network, recipe, samples);
      const FusedNetwork fused = fuse(encoded);
      for (const PathDifference& op :
           compare_paths({encoded, &fused.network, fused.float_names}, samples).ops)
        EXPECT_GT(sqnr_db(op.integer_to_float), 28) << op.op;
    }
}

}  // namespace
}  // namespace systole
