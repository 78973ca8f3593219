// descriptors.cpp: the schedule's commands, field by field.
#include "sim/image/descriptors.h"

#include <map>

#include "sim/image/beat_words.h"
#include "sim/schedule/schedule.h"

namespace systole {

Content describe_passes(const Job& job, const Layout& layout) {
  const Schedule schedule = make_schedule(layout);
  std::map<std::int64_t, TileStart> tiles;
  const TileOrder order = parameter_order(layout);
  for (const TileStart& start : tile_starts(order)) tiles[start.channel] = start;
  Content content;
  for (const Pass& pass : schedule.passes) {
    const TileStart& tile =
        tiles.at((layout.packs[pass.pack].first_channel + pass.n0) % order.channels);
    const auto command = reinterpret_cast<const std::uint8_t*>(&pass.command);
    for (const std::int64_t value : word_values(kCommand, command, layout.geometry))
      content.elements.push_back(value);
    content.elements.push_back(pass.tile);
    content.elements.push_back(layout.stream || layout.activations ? 0 : tile.beat + pass.k0);
    const std::int64_t token = (layout.region.m + pass.m0) % order.tokens;
    content.elements.push_back((token * order.tiles() + tile.tile) * layout.geometry.cols);
  }
  ImageTensor& tensor = content.tensor;
  for (const WordField& field : word_fields(kCommand, layout.geometry))
    tensor.fields.push_back(field.name);
  for (const char* field : {"tile", "weight_beat", "parameter"}) tensor.fields.push_back(field);
  tensor.op = job.last().name;
  tensor.name = "passes";
  tensor.shape = {std::ssize(schedule.passes), std::ssize(tensor.fields)};
  tensor.element_bits = 32;
  tensor.beat = std::ssize(tensor.fields);
  return content;
}

}  // namespace systole
