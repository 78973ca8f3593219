// adaround_error_test.cpp: what AdaRound refuses, and how it says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "model/quant/adaround.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

/// Everything fits: two samples through a 2 x 1 product.
struct RoundingInput {
  LayerToRound layer = {
      .name = "fc", .op = Linear{{{2, 1}, {0.4F, 0.3F}}, {}}, .gain = {}, .offset = {}};
  Encoding encoding = {.name = "fc.weight",
                       .spec = {.format = IntFormat{.bits = 4}},
                       .scale = Tensor<double>(Shape{}, 1.0),
                       .zero_point = IntTensor(Shape{})};
  LayerSamples samples = {.quantised_input = {{2, 2}, {1, 1, 2, 2}},
                          .float_input = {},
                          .float_output = {{2, 1}, {0.7F, 1.4F}}};
  RoundingOptions options = {};

  std::string complaint() const {
    return message_of([this] { adaround(layer, encoding, samples, options); });
  }
};

constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();

TEST(AdaRoundRefuses, NothingThatFits) {
  const RoundingInput input;
  EXPECT_NO_THROW(adaround(input.layer, input.encoding, input.samples, input.options));
}

TEST(AdaRoundRefuses, OtherOps) {
  RoundingInput input;
  input.layer.op = Relu{};
  EXPECT_EQ(input.complaint(), "fc: got a relu, expected a conv2d or a linear");
}

TEST(AdaRoundRefuses, NoSamples) {
  RoundingInput input;
  input.samples.quantised_input = FloatTensor({0, 2});
  EXPECT_EQ(input.complaint(), "fc: got no samples, expected one or more to calibrate with");
}

TEST(AdaRoundRefuses, NumbersThatAreNotFinite) {
  RoundingInput input;
  input.samples.quantised_input[1] = kNotANumber;
  EXPECT_EQ(input.complaint(), "fc: got input nan at element [0, 1], expected finite elements");
  input = {};
  input.samples.float_output[1] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(input.complaint(), "fc: got target -inf at element [1, 0], expected finite elements");
  input = {};
  std::get<Linear>(input.layer.op).weight[0] = kNotANumber;
  EXPECT_EQ(input.complaint(), "fc.weight: got nan at element [0, 0], expected finite elements");
  input = {};
  input.layer.gain = {static_cast<double>(kNotANumber)};
  EXPECT_EQ(input.complaint(), "fc: got gain nan, expected a finite one");
}

TEST(AdaRoundRefuses, ShapesThatDoNotFit) {
  RoundingInput input;
  input.samples.quantised_input = FloatTensor({2, 3}, 1.0F);
  EXPECT_THAT(input.complaint(), testing::HasSubstr("fc (linear): got input [2, 3]"));
  input = {};
  input.samples.float_output = FloatTensor({1, 2}, 1.0F);
  EXPECT_EQ(input.complaint(), "fc: got target of shape [1, 2], expected [2, 1]");
  input = {};
  input.options.drop_probability = 0.5;
  EXPECT_EQ(input.complaint(), "fc: got float input of shape [], expected [2, 2]");
  input = {};
  input.layer.offset = {1, 2};
  EXPECT_EQ(input.complaint(),
            "fc: got offset of 2 values, expected 1, one per output channel, or none");
  input = {};
  input.encoding.scale = Tensor<double>({2}, 1.0);
  EXPECT_THAT(input.complaint(), testing::HasSubstr("fc.weight: got scales of shape [2]"));
  input = {};
  input.layer.op = Conv2d{.weight = FloatTensor({3, 3, 1, 2}, 1.0F)};
  EXPECT_EQ(input.complaint(), "fc: got weight of shape [3, 3, 1, 2], expected a kernel of 1 x 1");
}

TEST(AdaRoundRefuses, OptionsOutOfRange) {
  RoundingInput input;
  input.options.drop_probability = 1.5;
  EXPECT_EQ(input.complaint(), "fc: got drop_probability 1.5, expected a number in [0, 1]");
  input = {};
  input.options.batch = 0;
  EXPECT_EQ(input.complaint(), "fc: got batch 0, expected a finite number, 1 or more");
  input = {};
  input.options.lambda = std::numeric_limits<double>::infinity();
  EXPECT_EQ(input.complaint(), "fc: got lambda inf, expected a finite number, 0 or more");
}

TEST(AdaRoundRefuses, FloatFormatsByName) {
  RoundingInput input;
  input.encoding.spec.format = float8_e4m3();
  EXPECT_EQ(input.complaint(),
            "fc.weight: got float E4M3, expected an integer format on the integer path; float "
            "formats are for the fake-quant path: systole evaluate");
}

}  // namespace
}  // namespace systole
