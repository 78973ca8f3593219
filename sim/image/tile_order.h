// tile_order.h: in which order the schedule streams an op's weights and parameters.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/schedule/layout.h"

namespace systole {

/// One pack: channels [first_channel, first_channel + channels) of the output, computed from inputs
/// [first_input, first_input + inputs).
struct TilePack {
  std::int64_t first_channel = 0;
  std::int64_t channels = 0;
  std::int64_t first_input = 0;
  std::int64_t inputs = 0;
  std::int64_t depth = 0;  ///< Rows of weights: taps * inputs, rounded up to whole tiles.
  bool operator==(const TilePack&) const = default;
};

/// The column tiles of an op, in the order of the schedule: packs, then tiles of `cols` columns.
/// Enough to find every weight's place without the schedule.
struct TileOrder {
  std::int64_t cols = 0;    ///< Of the array.
  std::int64_t groups = 1;  ///< Of the product.
  std::int64_t taps = 1;    ///< Kernel height * width.
  std::int64_t inputs = 0;  ///< Per group.
  std::int64_t channels = 0;
  std::int64_t pack_groups = 1;  ///< Groups side by side in a pack; the last one may have fewer.
  std::int64_t tokens = 1;       ///< Of the lanes' constants: all tiles for each.
  std::vector<TilePack> packs;
  bool operator==(const TileOrder&) const = default;

  std::int64_t tiles() const;
};

/// Of a layout of the op's whole output.
TileOrder tile_order(const Layout& layout);

/// The tiles that an op's parameters are stored for: those of `tile_order`, of a product of two
/// activations its first pack's alone, whose constants serve all.
TileOrder parameter_order(const Layout& layout);

/// For every weight of the weight beats, [tile][depth][cols], its position in the op's weights
/// [taps * inputs, channels]; -1 where it is 0: beyond the edges of K and N and between groups.
std::vector<std::int64_t> weight_positions(const TileOrder& order);

/// For every column of the parameter beats, [token][tile][cols], its token * channels + channel; -1
/// beyond the edge.
std::vector<std::int64_t> parameter_positions(const TileOrder& order);

/// The tile that begins with `channel`: its number, and its first weight beat.
struct TileStart {
  std::int64_t channel = 0;
  std::int64_t tile = 0;
  std::int64_t beat = 0;
};
std::vector<TileStart> tile_starts(const TileOrder& order);

}  // namespace systole
