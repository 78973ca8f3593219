#include "model/ops/split.h"

#include <gtest/gtest.h>

#include <random>

#include "model/ops/int_conv2d.h"
#include "model/ops/int_matmul.h"

namespace systole {
namespace {

TEST(Split, GivesTheFloorAndTheRest) {
  const IntTensor codes({1, 6}, {0, 255, 256, 65535, -1, -65535});
  EXPECT_EQ(split(codes, {CodePart::kHigh}).data,
            (std::vector<std::int32_t>{0, 0, 1, 255, -1, -256}));
  EXPECT_EQ(split(codes, {CodePart::kLow}).data,
            (std::vector<std::int32_t>{0, 255, 0, 255, 255, 1}));
}

TEST(Split, TakesTheZeroPointOffFirst) {
  EXPECT_EQ(split(300, {CodePart::kHigh, 45}), 0);
  EXPECT_EQ(split(300, {CodePart::kLow, 45}), 255);
  EXPECT_EQ(split(300, {CodePart::kHigh, 301}), -1);
  EXPECT_EQ(split(300, {CodePart::kLow, 301}), 255);
}

TEST(JoinSums, IsTheInverseForEveryDifference) {
  for (std::int32_t d = -65535; d <= 65535; ++d) {
    const IntTensor x({1, 1}, {d});
    ASSERT_EQ(join_sums(split(x, {CodePart::kHigh}), split(x, {CodePart::kLow})), x) << d;
  }
}

/// sum x * w by hand, in 64 bits.
std::int64_t dot(const IntTensor& x, const IntTensor& w, std::int64_t column) {
  std::int64_t sum = 0;
  for (std::int64_t k = 0; k < x.size(); ++k)
    sum += std::int64_t{x[k]} * w[k * w.channels() + column];
  return sum;
}

TEST(WideProduct, MultipliesSeventeenBits) {
  constexpr unsigned kSeed = 9;
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<std::int32_t> codes(-65535, 65535), weights(-128, 127);
  IntTensor x({1, 64}), w({64, 3});
  for (std::int32_t& v : x.data) v = codes(random);
  for (std::int32_t& v : w.data) v = weights(random);
  x[0] = -65535, x[1] = 65535;
  const IntTensor y = wide_product(
      x, [&](const IntTensor& part, const SplitCodes*) { return int_matmul(part, w); });
  for (std::int64_t c = 0; c < 3; ++c) EXPECT_EQ(y[c], dot(x, w, c)) << "seed " << kSeed;
}

TEST(WideProduct, SplitsWhatIsPadded) {
  // One pixel of 40000 in a frame of -700: 40000 * 5 + 8 * -700 * 1 of a kernel with 5 in the
  // middle.
  const IntTensor x({1, 1, 1, 1}, {40000});
  IntTensor w({3, 3, 1, 1}, 1);
  w[4] = 5;
  const IntTensor y = wide_product(x, [&](const IntTensor& part, const SplitCodes* how) {
    Conv2dParams params{.window = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}}, .pad_value = -700};
    if (how) params.pad_value = split(params.pad_value, *how);
    return int_conv2d(part, w, params);
  });
  EXPECT_EQ(y.data, (std::vector<std::int32_t>{40000 * 5 - 8 * 700}));
}

TEST(WideProduct, TakesNarrowOperandsWhole) {
  int calls = 0;
  wide_product(IntTensor({1, 1}, {-32768}), [&](const IntTensor& x, const SplitCodes* how) {
    EXPECT_EQ(how, nullptr);
    ++calls;
    return x;
  });
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace systole
