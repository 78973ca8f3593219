// tensor_encoding_test.cpp: scales and zero points are held as given, and checked.
#include "model/quant/tensor_encoding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

/// Affine uint8, one scale per column.
Encoding columns(std::vector<double> scales, std::vector<std::int32_t> zero_points) {
  const Shape shape = {static_cast<std::int64_t>(scales.size())};
  return {.name = "x",
          .spec = {.format = IntFormat{.is_signed = false, .is_symmetric = false},
                   .granularity = PerChannel{1}},
          .scale = Tensor<double>(shape, std::move(scales)),
          .zero_point = IntTensor(shape, std::move(zero_points))};
}

TEST(TensorEncoding, AnOffsetIsTheNegativeZeroPoint) {
  const Encoding encoding = columns({1, 1, 1}, {0, 255, -3});
  EXPECT_EQ(offsets(encoding).data, (std::vector<std::int32_t>{0, -255, 3}));
  EXPECT_EQ(zero_points_of(offsets(encoding)), encoding.zero_point);
}

TEST(TensorEncoding, AStepIsTheInverseOfTorch2ChipsScale) {
  Encoding encoding = columns({4, 0.1}, {0, 0});
  encoding.scale_is = ScaleKind::kInverse;
  EXPECT_EQ(steps(encoding).data, (std::vector<double>{0.25, 10}));
  EXPECT_EQ(inverse_steps(encoding), encoding.scale);
  const Encoding converted = with_scale_kind(encoding, ScaleKind::kStep);
  EXPECT_EQ(converted.scale.data, (std::vector<double>{0.25, 10}));
  EXPECT_EQ(with_scale_kind(converted, ScaleKind::kInverse), encoding);
}

TEST(TensorEncoding, AScaleWithoutAnExactInverseIsKeptAndNotConverted) {
  constexpr double kScale = 49;  // 1 / (1 / 49) is 49 less one unit in the last place.
  ASSERT_NE(1.0 / (1.0 / kScale), kScale);
  const Encoding encoding = columns({1, kScale}, {0, 0});
  EXPECT_EQ(steps(encoding), encoding.scale);
  EXPECT_EQ(with_scale_kind(encoding, ScaleKind::kStep), encoding);
  EXPECT_EQ(message_of([&] { with_scale_kind(encoding, ScaleKind::kInverse); }),
            "x: got scale 49 of group 1, expected a scale that comes back from the inverse of its "
            "inverse; keep the scale as it was given");
}

std::string complaint(const Encoding& encoding) {
  return message_of([&] { check_encoding(encoding, {2, 2}); });
}

TEST(TensorEncoding, ScalesAreFiniteAndAbove0) {
  EXPECT_NO_THROW(check_encoding(columns({1, 2}, {0, 7}), {2, 2}));
  EXPECT_EQ(complaint(columns({1, 0}, {0, 0})),
            "x: got scale 0 of group 1, expected a finite number above 0 that has an inverse");
  for (const double wrong : {-1.0, std::nan(""), std::numeric_limits<double>::infinity(), 1e-310})
    EXPECT_NE(complaint(columns({1, wrong}, {0, 0})), "") << wrong;
}

TEST(TensorEncoding, ThereIsAScaleForEveryGroup) {
  EXPECT_EQ(complaint(columns({1, 1, 1}, {0, 0, 0})),
            "x: got scales of shape [3], expected [2], the groups of a tensor of shape [2, 2]");
  Encoding encoding = columns({1, 1}, {0, 0});
  encoding.zero_point = IntTensor({1}, std::vector<std::int32_t>{0});
  EXPECT_EQ(complaint(encoding),
            "x: got scales of shape [2] and zero points of shape [1], expected the same shape");
}

TEST(TensorEncoding, SymmetricAndFloatFormatsHaveNoZeroPoint) {
  Encoding encoding = columns({1, 1}, {0, 3});
  encoding.spec.format = IntFormat{};
  EXPECT_EQ(complaint(encoding), "x: got zero point 3 of group 1, expected 0 of symmetric codes");
  encoding.spec.format = float8_e4m3();
  EXPECT_EQ(complaint(encoding), "x: got zero point 3 of group 1, expected 0 of a float format");
  EXPECT_NE(complaint(columns({1, 1}, {0, (1 << 30) + 1})), "");
}

}  // namespace
}  // namespace systole
