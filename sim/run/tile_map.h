// tile_map.h: which output tile of a job computes an element, for many elements.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/network/shapes.h"
#include "sim/check/verdict.h"
#include "sim/schedule/tasks.h"

namespace systole {

/// The output tiles of all units of a job, numbered unit by unit in the order of their passes.
class TileMap {
 public:
  /// `units` are those of `job`, whose tensors have `shapes`, and tile its output.
  TileMap(const Job& job, std::span<const Unit> units, const Shapes& shapes,
          const Geometry& geometry);

  /// Tile, row within it and column of the array of element `flat` of the output.
  ElementPlace place_of(std::int64_t flat) const;
  /// What a tile covers.
  const Region& tile(std::int64_t number) const { return tiles_[static_cast<std::size_t>(number)]; }
  /// The unit, a position in `units`, that a tile belongs to.
  std::size_t unit_of(std::int64_t tile) const { return units_[static_cast<std::size_t>(tile)]; }

 private:
  OutputOrder order_;
  std::vector<Region> tiles_;
  std::vector<std::size_t> units_;          ///< By tile.
  std::vector<std::uint32_t> of_elements_;  ///< Tile of every element.
};

}  // namespace systole
