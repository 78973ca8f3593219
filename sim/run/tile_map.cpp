// tile_map.cpp: the last passes of every tile say what it covers.
#include "sim/run/tile_map.h"

#include <algorithm>

#include "sim/schedule/schedule.h"

namespace systole {
namespace {

/// What the tiles of one unit cover, in the order of their numbers.
std::vector<Region> tiles_of(const Job& job, const Unit& unit, const Shape& x,
                             const Geometry& geometry) {
  const Layout layout = make_layout(job, x, geometry, unit.region);
  std::vector<Region> tiles;
  for (const Pass& pass : make_schedule(layout).passes) {
    const PackShape& pack = layout.packs[pass.pack];
    tiles.resize(std::max<std::size_t>(tiles.size(), pass.tile + 1));
    tiles[pass.tile] = {unit.region.m + pass.m0 - pass.command.first_row,
                        pass.command.first_row + pass.command.rows, pack.first_channel + pass.n0,
                        std::min<std::int64_t>(geometry.cols, pack.channels - pass.n0)};
  }
  return tiles;
}

}  // namespace

TileMap::TileMap(const Job& job, std::span<const Unit> units, const Shapes& shapes,
                 const Geometry& geometry) {
  order_ = order_of(job, shapes.at(input_of(job)));
  of_elements_.resize(static_cast<std::size_t>(element_count(shapes.at(job.last().name))));
  for (std::size_t u = 0; u < units.size(); ++u)
    for (const Region& tile : tiles_of(job, units[u], shapes.at(input_of(job)), geometry)) {
      const auto number = static_cast<std::uint32_t>(tiles_.size());
      for (std::int64_t m = tile.m; m < tile.m + tile.rows; ++m)
        for (std::int64_t c = tile.channel; c < tile.channel + tile.channels; ++c)
          of_elements_[static_cast<std::size_t>(order_.flat(m, c))] = number;
      tiles_.push_back(tile);
      units_.push_back(u);
    }
}

ElementPlace TileMap::place_of(std::int64_t flat) const {
  const std::int64_t number = of_elements_[static_cast<std::size_t>(flat)];
  const Region& region = tile(number);
  return {number, order_.row(flat) - region.m, order_.channel(flat) - region.channel};
}

}  // namespace systole
