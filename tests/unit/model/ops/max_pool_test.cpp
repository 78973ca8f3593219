// max_pool_test.cpp: largest values under windows.
#include "model/ops/max_pool.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

TEST(MaxPool, TakesTheLargestPerChannel) {
  const IntTensor x({1, 2, 2, 2}, std::vector<std::int32_t>{1, -8, 2, -7, 3, -6, 0, -5});
  Window window;
  window.kernel = {2, 2};
  EXPECT_EQ(max_pool(x, window), IntTensor({1, 1, 1, 2}, std::vector<std::int32_t>{3, -5}));
}

TEST(MaxPool, PaddingNeverWins) {
  Window window;
  window.kernel = {3, 3};
  window.padding = {1, 1, 1, 1};
  EXPECT_EQ(max_pool(IntTensor({1, 1, 1, 1}, -128), window), IntTensor({1, 1, 1, 1}, -128));
  EXPECT_EQ(max_pool(FloatTensor({1, 1, 1, 1}, -1e30F), window), FloatTensor({1, 1, 1, 1}, -1e30F));
}

/// Looks at every pixel of the image for every output.
template <class T>
Tensor<T> by_definition(const Tensor<T>& x, const Window& v) {
  Tensor<T> y(output_shape(v, x.shape, x.channels()));
  for (std::int64_t i = 0; i < y.size(); ++i) {
    const Shape o = unravel(i, y.shape);
    std::optional<T> most;
    for (std::int64_t j = 0; j < x.size(); ++j) {
      const Shape p = unravel(j, x.shape);
      const std::int64_t dh = p[1] + v.padding[0] - o[1] * v.stride[0];
      const std::int64_t dw = p[2] + v.padding[1] - o[2] * v.stride[1];
      const bool is_tap = dh >= 0 && dw >= 0 && dh % v.dilation[0] == 0 &&
                          dw % v.dilation[1] == 0 && dh / v.dilation[0] < v.kernel[0] &&
                          dw / v.dilation[1] < v.kernel[1];
      if (p[0] == o[0] && p[3] == o[3] && is_tap && (!most || x[j] > *most)) most = x[j];
    }
    y[i] = *most;
  }
  return y;
}

TEST(MaxPool, AgreesWithItsDefinition) {
  constexpr std::uint32_t kSeed = 9;
  Random random(kSeed);
  for (int i = 0; i < 200; ++i) {
    const Window window = random.window();
    const IntTensor x = random.ints({2, 5, 6, 3}, -128, 127);
    if (!every_window_sees_image(window, 5, 6)) continue;
    ASSERT_EQ(max_pool(x, window), by_definition(x, window)) << "case " << i << ", seed " << kSeed;
    const FloatTensor f = random.floats({1, 5, 6, 2});
    ASSERT_EQ(max_pool(f, window), by_definition(f, window)) << "case " << i << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace systole
