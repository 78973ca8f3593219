// products_test.cpp: products of networks in PyTorch's layout, by hand and by their definition.
#include "flows/export/products.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/flows/export/two_products.h"
#include "tests/unit/model/support.h"

namespace systole::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Values = std::vector<std::int32_t>;

TEST(Products, AreInPyTorchsLayoutWithoutZeroPoints) {
  const std::vector<Product> products = list_products(two_products(), run(two_products(), kImage));
  ASSERT_EQ(products.size(), 2U);
  const Product& conv = products[0];
  EXPECT_EQ(conv.name, "block_conv");
  EXPECT_EQ(conv.x1, IntTensor({1, 2, 1, 3}, Values{1, 2, 0, -1, 0, 3}));
  EXPECT_EQ(conv.x2, IntTensor({2, 2, 1, 2}, Values{1, 5, 3, 7, 2, 6, 4, 8}));
  // 1 - 3 + 10, 2 + 21, 9; 2 - 4 + 12, 4 + 24, 12.
  EXPECT_EQ(conv.y, IntTensor({1, 2, 1, 3}, Values{8, 23, 9, 10, 28, 12}));

  // Features by channel: (1, 2, 0) and (0, 0, 3). 1 + 2 * 3 + 3 * 6; -1 + 2 + 3 * 3.
  const Product& fc = products[1];
  EXPECT_EQ(fc.name, "fc");
  EXPECT_EQ(fc.x1, IntTensor({1, 6}, Values{1, 2, 0, 0, 0, 3}));
  EXPECT_EQ(fc.x2, IntTensor({6, 2}, Values{1, -1, 3, 1, 5, -2, 2, 0, 4, 2, 6, 3}));
  EXPECT_EQ(fc.y, IntTensor({1, 2}, Values{25, 10}));
}

TEST(Products, KeepSumsThatTheOpMakesWithoutTheZeroPoint) {
  const Trace trace = run(two_products(), kImage);
  EXPECT_EQ(list_products(two_products(), trace)[1].y, integers(trace.tensors.at("fc")));
}

/// a [2, 3] and b [3, 1], of which one is stored transposed.
TEST(Products, OfTwoActivationsAreMatricesThatFitEachOther) {
  for (const bool is_first : {true, false}) {
    IntNetwork network;
    const Shape a = is_first ? Shape{3, 2} : Shape{2, 3}, b = is_first ? Shape{3, 1} : Shape{1, 3};
    network.inputs = {{.name = "a", .shape = a, .quantization = kCodes},
                      {.name = "b", .shape = b, .quantization = kCodes}};
    network.nodes = {{.name = "qk",
                      .inputs = {"a", "b"},
                      .op = IntBatchMatmul{is_first, !is_first, 1, 2},
                      .output = kSums}};
    const Values codes = is_first ? Values{1, 2, 3, 4, 5, 6} : Values{1, 3, 5, 2, 4, 6};
    const std::vector<Product> products =
        list_products(network, run(network, {{"a", IntTensor({1, a[0], a[1]}, codes)},
                                             {"b", IntTensor({1, b[0], b[1]}, Values{3, 2, 1})}}));
    ASSERT_EQ(products.size(), 1U);
    EXPECT_EQ(products[0].x1, IntTensor({1, 2, 3}, Values{0, 2, 4, 1, 3, 5})) << is_first;
    EXPECT_EQ(products[0].x2, IntTensor({1, 3, 1}, Values{1, 0, -1})) << is_first;
    EXPECT_EQ(products[0].y, IntTensor({1, 2, 1}, Values{-4, -4})) << is_first;
  }
}

TEST(Products, HaveNamesThatAreSafeAndDiffer) {
  IntNetwork network;
  network.inputs = {{.name = "x", .shape = {1}}};
  for (const std::string name : {"a/b", "a_b", "a:b", "a_b_2", "c.d-e"})
    network.nodes.push_back({.name = name,
                             .inputs = {"x"},
                             .op = IntMatmul{.weight = IntTensor({1, 1}, 1)},
                             .output = kSums});
  std::vector<std::string> names;
  for (const Product& product : list_products(network, run(network, {{"x", IntTensor({1, 1})}})))
    names.push_back(product.name);
  EXPECT_THAT(names, ElementsAre("a_b_3", "a_b", "a_b_4", "a_b_2", "c.d-e"));
}

TEST(Products, AreRefusedWhereASumWithoutTheZeroPointNeedsMoreBits) {
  IntNetwork network;
  network.name = "net";
  network.inputs = {{.name = "x", .shape = {1}, .quantization = {.zero_point = 4}}};
  network.nodes = {{.name = "fc",
                    .inputs = {"x"},
                    .op = IntMatmul{.weight = IntTensor({1, 1}, 1)},
                    .output = kSums}};
  Trace trace = run(network, {{"x", IntTensor({1, 1})}});
  trace.tensors["fc"] = IntTensor({1, 1}, -2147483644);
  EXPECT_EQ(list_products(network, trace)[0].y[0], -2147483648);
  trace.tensors["fc"] = IntTensor({1, 1}, -2147483645);
  EXPECT_THAT(message_of([&] { list_products(network, trace); }),
              HasSubstr("net: fc: got a sum of -2147483649"));
}

/// The element at [a, b, c, d], 0 outside the image.
std::int64_t at(const IntTensor& x, std::int64_t a, std::int64_t b, std::int64_t c,
                std::int64_t d) {
  if (c < 0 || c >= x.shape[2] || d < 0 || d >= x.shape[3]) return 0;
  return x[((a * x.shape[1] + b) * x.shape[2] + c) * x.shape[3] + d];
}

/// The convolution of x1 [n, c, h, w] and x2 [out, in, kh, kw] as its definition says.
IntTensor convolved(const Product& product, const Conv2dParams& params) {
  const Window& window = params.window;
  const Shape& w = product.x2.shape;
  IntTensor y(product.y.shape);
  const std::int64_t per_group = w[0] / params.groups;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    const Shape o = unravel(i, y.shape);
    std::int64_t sum = 0;
    for (std::int64_t c = 0; c < w[1]; ++c)
      for (std::int64_t kh = 0; kh < w[2]; ++kh)
        for (std::int64_t kw = 0; kw < w[3]; ++kw)
          sum += at(product.x1, o[0], o[1] / per_group * w[1] + c,
                    o[2] * window.stride[0] + kh * window.dilation[0] - window.padding[0],
                    o[3] * window.stride[1] + kw * window.dilation[1] - window.padding[1]) *
                 at(product.x2, o[1], c, kh, kw);
    y[i] = static_cast<std::int32_t>(sum);
  }
  return y;
}

// Whatever zero point the op subtracts, and whatever it pads with.
TEST(Products, OfRandomConvolutionsAreProductsWithZeroPadding) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const auto draw = [&](int lo, int hi) {
      return std::uniform_int_distribution<int>(lo, hi)(random);
    };
    const auto fill = [&](IntTensor x, int lo, int hi) {
      for (std::int32_t& value : x.data) value = draw(lo, hi);
      return x;
    };
    IntConv2d conv;
    Window& window = conv.params.window;
    window = {.kernel = {draw(1, 3), draw(1, 3)},
              .stride = {draw(1, 2), draw(1, 2)},
              .dilation = {draw(1, 2), draw(1, 2)}};
    const bool is_padded = draw(0, 1) == 1;
    for (std::int64_t& padding : window.padding) padding = is_padded ? draw(0, 2) : 0;
    conv.params.groups = draw(1, 2);
    conv.params.pad_value = draw(-9, 9);
    conv.input_zero_point = draw(-9, 9);
    const std::int64_t inputs = draw(1, 3), outputs = draw(1, 3) * conv.params.groups;
    conv.weight = fill(IntTensor({window.kernel[0], window.kernel[1], inputs, outputs}), -9, 9);

    IntNetwork network;
    const Shape image = {draw(5, 7), draw(5, 7), inputs * conv.params.groups};
    network.inputs = {{.name = "x", .shape = image, .quantization = {.zero_point = draw(-9, 9)}}};
    network.nodes = {{.name = "conv", .inputs = {"x"}, .op = conv, .output = kSums}};
    const IntTensor x = fill(IntTensor({draw(1, 2), image[0], image[1], image[2]}), -99, 99);
    const Product product = list_products(network, run(network, {{"x", x}}))[0];
    ASSERT_EQ(product.y, convolved(product, conv.params)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace systole::test
