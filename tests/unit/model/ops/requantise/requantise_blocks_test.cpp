#include "model/ops/requantise/requantise_blocks.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(RequantiseBlocks, ScalesEveryBlockByItself) {
  // Two blocks of two outputs: channels b0o0, b0o1, b1o0, b1o1.
  const RequantiseBlocks op{
      .blocks = 2, .factors = {0.5, 1, 0.25, 2}, .zero_point = 1, .clamp = {0, 255}};
  // o0: 10 / 2 + 8 / 4 + 1 = 8; o1: 3 - 2 * 1 + 1 = 2.
  EXPECT_EQ(requantise_blocks(IntTensor({1, 4}, {10, 3, 8, -1}), op), IntTensor({1, 2}, {8, 2}));
}

TEST(RequantiseBlocks, RoundsTheWholeSumOnceToEven) {
  const RequantiseBlocks op{.blocks = 2, .factors = {0.5, 0.5}, .clamp = {-128, 127}};
  // 0.5 + 0.5 = 1 (not 0 + 0), 0.5 + 1 = 1.5 to 2, 0.5 + 2 = 2.5 to 2.
  EXPECT_EQ(requantise_blocks(IntTensor({3, 2}, {1, 1, 1, 2, 1, 4}), op),
            IntTensor({3, 1}, {1, 2, 2}));
}

TEST(RequantiseBlocks, AddsTheOffsetBeforeItRounds) {
  RequantiseBlocks op{.blocks = 1, .factors = {1, 1}, .offsets = {0.5, -0.75}, .clamp = {-9, 9}};
  EXPECT_EQ(requantise_blocks(IntTensor({1, 2}, {1, 1}), op), IntTensor({1, 2}, {2, 0}));
  op.offsets = {-0.75};  // One for all.
  EXPECT_EQ(requantise_blocks(IntTensor({1, 2}, {1, 1}), op), IntTensor({1, 2}, {0, 0}));
}

TEST(RequantiseBlocks, ClampsWithTheZeroPointInside) {
  const RequantiseBlocks op{.blocks = 1, .factors = {1}, .zero_point = 100, .clamp = {0, 255}};
  EXPECT_EQ(requantise_blocks(IntTensor({2, 1}, {200, -200}), op), IntTensor({2, 1}, {255, 0}));
}

}  // namespace
}  // namespace systole
