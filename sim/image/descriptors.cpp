// descriptors.cpp: the schedule's commands, field by field.
#include "sim/image/descriptors.h"

#include <array>
#include <map>

#include "sim/schedule/schedule.h"

namespace systole {
namespace {

const std::vector<std::string> kFields = {"zero_point",  "lo",         "hi",          "rows",
                                          "rounding",    "stream",     "first",       "last",
                                          "new_weights", "new_params", "residual",    "subtract_zp",
                                          "maximum",     "tile",       "weight_beat", "parameter"};

}  // namespace

Content describe_passes(const Job& job, const Layout& layout) {
  const Schedule schedule = make_schedule(layout);
  std::map<std::int64_t, TileStart> tiles;
  for (const TileStart& start : tile_starts(tile_order(layout))) tiles[start.channel] = start;
  Content content;
  for (const Pass& pass : schedule.passes) {
    const TileStart& tile = tiles.at(layout.packs[pass.pack].first_channel + pass.n0);
    const CommandBeat& c = pass.command;
    const std::array<std::int64_t, 16> row = {c.zero_point,
                                              c.lo,
                                              c.hi,
                                              c.rows,
                                              c.rounding,
                                              c.stream,
                                              c.first,
                                              c.last,
                                              c.new_weights,
                                              c.new_params,
                                              c.residual,
                                              c.subtract_zp,
                                              c.maximum,
                                              pass.tile,
                                              layout.stream ? 0 : tile.beat + pass.k0,
                                              tile.tile * layout.geometry.cols};
    content.elements.insert(content.elements.end(), row.begin(), row.end());
  }
  content.tensor = {.op = job.last().name,
                    .name = "passes",
                    .shape = {std::ssize(schedule.passes), std::ssize(kFields)},
                    .element_bits = 32,
                    .beat = std::ssize(kFields),
                    .fields = kFields};
  return content;
}

}  // namespace systole
