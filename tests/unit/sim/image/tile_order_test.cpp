// tile_order_test.cpp: by hand, where weights and parameters of small ops lie.
#include "sim/image/tile_order.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

using Positions = std::vector<std::int64_t>;

// Three inputs, three channels on an array of 2x2: two column tiles, depth rounded up to 4.
const TileOrder kDense = {
    .cols = 2, .groups = 1, .taps = 1, .inputs = 3, .channels = 3, .packs = {{0, 3, 0, 3, 4}}};

TEST(TileOrder, TakesColumnTilesThenDepthThenColumnsWithZerosBeyondTheEdges) {
  EXPECT_EQ(weight_positions(kDense), (Positions{0, 1, 3, 4, 6, 7, -1, -1,        // Channels 0, 1.
                                                 2, -1, 5, -1, 8, -1, -1, -1}));  // Channel 2.
  EXPECT_EQ(parameter_positions(kDense), (Positions{0, 1, 2, -1}));
  EXPECT_EQ(kDense.tiles(), 2);
}

// A depthwise convolution of two taps and two channels, both in one pack of a 2x2 array.
const TileOrder kPack = {.cols = 2,
                         .groups = 2,
                         .taps = 2,
                         .inputs = 1,
                         .channels = 2,
                         .pack_groups = 2,
                         .packs = {{0, 2, 0, 2, 4}}};

TEST(TileOrder, HasZerosBetweenTheGroupsOfAPack) {
  // Rows: tap 0 of input 0, of input 1, tap 1 of input 0, of input 1.
  EXPECT_EQ(weight_positions(kPack), (Positions{0, -1, -1, 1, 2, -1, -1, 3}));
}

TEST(TileOrder, TellsWhichTileAndWhichBeatAChannelBeginsAt) {
  const std::vector<TileStart> starts = tile_starts(kDense);
  ASSERT_EQ(starts.size(), 2);
  EXPECT_EQ(starts[1].channel, 2);
  EXPECT_EQ(starts[1].tile, 1);
  EXPECT_EQ(starts[1].beat, 4);
}

}  // namespace
}  // namespace systole
