// concat_test.cpp: joining along channels.
#include "model/ops/concat.h"

#include <gtest/gtest.h>

#include <array>

namespace systole {
namespace {

TEST(Concat, JoinsPixelsChannelByChannel) {
  const IntTensor a({1, 1, 2, 1}, std::vector<std::int32_t>{1, 2});
  const IntTensor b({1, 1, 2, 2}, std::vector<std::int32_t>{3, 4, 5, 6});
  EXPECT_EQ(concat(std::array{&a, &b}),
            IntTensor({1, 1, 2, 3}, std::vector<std::int32_t>{1, 3, 4, 2, 5, 6}));
  EXPECT_EQ(concat(std::array{&b, &a, &a}),
            IntTensor({1, 1, 2, 4}, std::vector<std::int32_t>{3, 4, 1, 1, 5, 6, 2, 2}));
}

TEST(Concat, OfOneIsThatOne) {
  const FloatTensor a({2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6});
  EXPECT_EQ(concat(std::array{&a}), a);
}

TEST(Concat, TakesEmptyParts) {
  const IntTensor a({2, 0});
  const IntTensor b({2, 1}, 7);
  EXPECT_EQ(concat(std::array{&a, &b}), b);
}

}  // namespace
}  // namespace systole
