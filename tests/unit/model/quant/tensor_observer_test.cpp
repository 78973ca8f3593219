// tensor_observer_test.cpp: quantizers of watched tensors, group by group, by hand.
#include "model/quant/tensor_observer.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

using testing::HasSubstr;

const QuantizerRecipe kWeights = Recipe{}.weights;

TEST(TensorObserver, EveryChannelHasItsOwnScale) {
  const FloatTensor weight({2, 3}, {1.27F, 0.0F, -0.5F, -0.635F, 0.0F, 0.25F});
  const Encoding encoding = encode_tensor("w", kWeights, weight, {});
  EXPECT_EQ(encoding.scale.shape, Shape{3});
  EXPECT_NEAR(encoding.scale[0], 0.01, 1e-9);
  EXPECT_EQ(encoding.scale[1], 1.0);  // A channel of zeros.
  EXPECT_EQ(encoding.scale[2], 0.5 / 127);
  EXPECT_EQ(encoding.spec.format, NumberFormat(IntFormat{.is_narrow = true}));
}

TEST(TensorObserver, AutomaticSignsFollowTheData) {
  const auto format = [](const FloatTensor& tensor, const QuantizerRecipe& recipe) {
    return std::get<IntFormat>(encode_tensor("t", recipe, tensor, {}).spec.format);
  };
  const FloatTensor positive({2}, {0, 3}), both({2}, {-1, 3});
  EXPECT_FALSE(format(positive, {}).is_signed);
  EXPECT_TRUE(format(both, {}).is_signed);
  EXPECT_FALSE(format(both, {.is_symmetric = false}).is_signed);
  EXPECT_TRUE(format(positive, {.sign = CodeSign::kSigned}).is_signed);
}

TEST(TensorObserver, FitsDifferByTheCodeWithoutATwin) {
  const FloatTensor tensor({2}, {-1.28F, 0.5F});
  const auto scale = [&](SymmetricFit fit) {
    return encode_tensor("t", {.fit = fit}, tensor, {}).scale[0];
  };
  EXPECT_NEAR(scale(SymmetricFit::kBothEnds), 0.01, 1e-9);
  EXPECT_NEAR(scale(SymmetricFit::kHighEnd), 1.28 / 127, 1e-9);
  EXPECT_NEAR(scale(SymmetricFit::kEvenSteps), 2.56 / 255, 1e-9);
}

TEST(TensorObserver, ScalesMayBeHeldAsTheirInverse) {
  const FloatTensor tensor({1}, {1.4451541F});
  const QuantizerRecipe recipe = {.sign = CodeSign::kSigned, .fit = SymmetricFit::kEvenSteps};
  const Encoding encoding =
      encode_tensor("t", recipe, tensor, {Arithmetic::kFloat32, ScaleKind::kInverse});
  EXPECT_EQ(encoding.scale_is, ScaleKind::kInverse);
  EXPECT_EQ(encoding.scale[0], static_cast<double>(1.0F / ((2.0F * 1.4451541F) / 255.0F)));
}

TEST(TensorObserver, BatchesOfOneTensorAddUp) {
  TensorObserver observer("t", {.granularity = PerChannel{-1}});
  observer.observe(FloatTensor({2, 2}, {0, 1, 2, 3}));
  observer.observe(FloatTensor({1, 2}, {5, 0}));
  const Encoding encoding = observer.encoding({});
  EXPECT_EQ(encoding.scale[0], 5.0 / 255);
  EXPECT_EQ(encoding.scale[1], 3.0 / 255);
}

TEST(TensorObserver, BlocksNeedNotBeOneAxis) {
  const Encoding encoding = encode_tensor("t", {.granularity = Blocks{{1, 2}}},
                                          FloatTensor({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}), {});
  EXPECT_EQ(encoding.scale.shape, (Shape{2, 2}));
  EXPECT_EQ(encoding.scale[1], 4.0 / 255);
  EXPECT_EQ(encoding.scale[2], 6.0 / 255);
}

TEST(TensorObserver, FloatFormatsTakeRangesOnly) {
  const QuantizerRecipe recipe = {.float_format = float8_e4m3()};
  EXPECT_EQ(encode_tensor("t", recipe, FloatTensor({2}, {-448, 3}), {}).scale[0], 1.0);
  EXPECT_THAT(message_of([&] {
                TensorObserver("t", {.float_format = float8_e4m3(), .method = MseSearch{}});
              }),
              HasSubstr("minmax, moving_average or percentile for a float format"));
}

TEST(TensorObserver, BadInputIsNamed) {
  const float nan = std::nanf(""), inf = std::numeric_limits<float>::infinity();
  EXPECT_THAT(message_of([&] {
                encode_tensor("t", {}, FloatTensor({2}, {0, nan}), {});
              }),
              HasSubstr("t: got nan at element 1"));
  EXPECT_THAT(message_of([&] {
                encode_tensor("t", kWeights, FloatTensor({1, 2}, {0, inf}), {});
              }),
              HasSubstr("t[1]: got inf"));
  EXPECT_EQ(message_of([] { TensorObserver("t", {}).encoding({}); }),
            "t: got no values, expected at least one value to calibrate with; give calibration "
            "samples");
  const auto along = [](int axis) {
    return message_of([&] {
      encode_tensor("t", {.granularity = PerChannel{axis}}, FloatTensor({2, 2}, 1.0F), {});
    });
  };
  EXPECT_EQ(along(2), "t: got axis 2, expected an axis in -2..1 of a tensor with 2 axes");
  EXPECT_EQ(along(-3), "t: got axis -3, expected an axis in -2..1 of a tensor with 2 axes");
  EXPECT_THAT(message_of([] {
                encode_tensor("t", {.sign = CodeSign::kUnsigned}, FloatTensor({2}, {-1, 1}), {});
              }),
              HasSubstr("no negative numbers where codes are unsigned and symmetric"));
}

TEST(EncodeLiteral, TakesOneNumberForAllGroupsOrOneEach) {
  LiteralQuantizer literal = {.format = {.is_signed = false, .is_symmetric = false},
                              .granularity = PerChannel{-1},
                              .scale = {0.5},
                              .zero_point = {1, 2}};
  const Encoding encoding = encode_literal("t", literal, {3, 2});
  EXPECT_EQ(encoding.scale.data, (std::vector<double>{0.5, 0.5}));
  EXPECT_EQ(encoding.zero_point.data, (std::vector<std::int32_t>{1, 2}));
  literal.scale = {1, 2, 3};
  EXPECT_EQ(message_of([&] {
              encode_literal("t", literal, {3, 2});
            }),
            "t: got 3 scales, expected 1 or 2");
}

}  // namespace
}  // namespace systole
