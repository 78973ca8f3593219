// tile_order.cpp: walks packs, tiles, depth and columns.
#include "sim/image/tile_order.h"

namespace systole {
namespace {

std::int64_t tiles_of(const TilePack& pack, std::int64_t cols) {
  return (pack.channels + cols - 1) / cols;
}

/// The position of the weight that connects row `k` of the pack with `channel`; -1: they are not.
std::int64_t weight_position(const TileOrder& order, const TilePack& pack, std::int64_t k,
                             std::int64_t channel) {
  const std::int64_t tap = k / pack.inputs;
  if (tap >= order.taps) return -1;
  const std::int64_t group = channel / (order.channels / order.groups);
  const std::int64_t input = pack.first_input + k % pack.inputs - group * order.inputs;
  if (input < 0 || input >= order.inputs) return -1;
  return (tap * order.inputs + input) * order.channels + channel;
}

}  // namespace

std::int64_t TileOrder::tiles() const {
  std::int64_t tiles = 0;
  for (const TilePack& pack : packs) tiles += tiles_of(pack, cols);
  return tiles;
}

TileOrder tile_order(const Layout& layout) {
  TileOrder order{.cols = layout.geometry.cols,
                  .groups = layout.groups,
                  .taps = layout.stream ? 0 : layout.taps(),
                  .inputs = layout.image[3] / layout.groups,
                  .channels = layout.channels};
  if (!layout.stream) order.pack_groups = layout.packs.at(0).inputs / order.inputs;
  for (const PackShape& pack : layout.packs)
    order.packs.push_back({pack.first_channel, pack.channels, pack.first_input, pack.inputs,
                           layout.stream ? 0 : pack.depth});
  return order;
}

TileOrder parameter_order(const Layout& layout) {
  TileOrder order = tile_order(layout);
  if (layout.lanes) order.tokens = layout.lanes->tokens;
  if (!layout.activations) return order;
  order.groups = order.pack_groups;
  order.channels = order.groups * layout.order.width;
  order.packs.resize(1);
  return order;
}

std::vector<std::int64_t> weight_positions(const TileOrder& order) {
  std::vector<std::int64_t> positions;
  for (const TilePack& pack : order.packs)
    for (std::int64_t n0 = 0; n0 < pack.channels; n0 += order.cols)
      for (std::int64_t k = 0; k < pack.depth; ++k)
        for (std::int64_t n = n0; n < n0 + order.cols; ++n)
          positions.push_back(
              n < pack.channels ? weight_position(order, pack, k, pack.first_channel + n) : -1);
  return positions;
}

std::vector<std::int64_t> parameter_positions(const TileOrder& order) {
  std::vector<std::int64_t> positions;
  for (std::int64_t first = 0; first < order.tokens * order.channels; first += order.channels)
    for (const TilePack& pack : order.packs)
      for (std::int64_t n = 0; n < tiles_of(pack, order.cols) * order.cols; ++n)
        positions.push_back(n < pack.channels ? first + pack.first_channel + n : -1);
  return positions;
}

std::vector<TileStart> tile_starts(const TileOrder& order) {
  std::vector<TileStart> starts;
  std::int64_t beat = 0;
  for (const TilePack& pack : order.packs)
    for (std::int64_t n0 = 0; n0 < pack.channels; n0 += order.cols, beat += pack.depth)
      starts.push_back({pack.first_channel + n0, std::ssize(starts), beat});
  return starts;
}

}  // namespace systole
