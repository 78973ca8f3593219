// part_matrices.cpp: out of the padded operands again.
#include "sim/run/part_matrices.h"

#include <algorithm>

namespace systole {
namespace {

const MulQuant* equation_of(const IntNode& quant) {
  if (const auto* add = std::get_if<IntAdd>(&quant.op)) return &add->quant;
  return std::get_if<MulQuant>(&quant.op);
}

std::size_t pack_of(const Layout& layout, std::int64_t channel) {
  const auto found = std::ranges::find_if(layout.packs, [&](const PackShape& pack) {
    return channel >= pack.first_channel && channel < pack.first_channel + pack.channels;
  });
  return static_cast<std::size_t>(found - layout.packs.begin());
}

/// The first `columns` columns of tiles of `width`, [rows x columns].
IntTensor from_tiles(const std::vector<std::int16_t>& tiles, std::int64_t rows,
                     std::int64_t columns, std::int64_t width) {
  IntTensor matrix(Shape{rows, columns});
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t k = 0; k < columns; ++k)
      matrix[row * columns + k] =
          tiles[static_cast<std::size_t>(k / width * rows * width + row * width + k % width)];
  return matrix;
}

IntTensor weights_of(const PackData& data, const PackShape& pack) {
  IntTensor weight(Shape{pack.k, pack.channels});
  for (std::int64_t k = 0; k < pack.k; ++k)
    for (std::int64_t c = 0; c < pack.channels; ++c)
      weight[k * pack.channels + c] = data.w[static_cast<std::size_t>(k * pack.w_stride + c)];
  return weight;
}

/// The constants of the pack in the region's rows; those of a product of two activations repeat.
MulQuant constants_of(const MulQuant& quant, const PackShape& pack, const Layout& layout) {
  std::vector<std::int64_t> rows, channels;
  for (std::int64_t row = 0; row < layout.region.rows; ++row) rows.push_back(layout.region.m + row);
  for (std::int64_t c = pack.first_channel; c < pack.first_channel + pack.channels; ++c)
    channels.push_back(c % layout.order.width);
  return some_constants(quant, rows, channels);
}

}  // namespace

std::optional<MatrixCase> matrices_of(const Probe& probe, const FailingPart& part) {
  const Operands operands = probe.operands_of(part.region);
  const Layout& layout = operands.layout;
  if (layout.output_stationary() || (layout.stream && part.job.product)) return std::nullopt;
  const std::size_t p = pack_of(layout, layout.order.channel(part.flat));
  const PackShape& pack = layout.packs[p];

  MatrixCase matrices;
  matrices.x = from_tiles(operands.packs[p].x, part.region.rows,
                          layout.stream ? pack.channels : pack.k, layout.tile_width());
  if (!layout.stream) matrices.weight = weights_of(operands.packs[p], pack);
  if (!part.job.quant) return matrices;
  const MulQuant* quant = equation_of(*part.job.quant);
  if (!quant) return std::nullopt;
  matrices.quant = constants_of(*quant, pack, layout);
  if (!operands.residual) return matrices;
  matrices.residual = IntTensor(Shape{part.region.rows, pack.channels});
  for (std::int64_t row = 0; row < part.region.rows; ++row)
    for (std::int64_t c = 0; c < pack.channels; ++c)
      (*matrices.residual)[row * pack.channels + c] =
          (*operands.residual)[layout.order.flat(part.region.m + row, pack.first_channel + c)];
  return matrices;
}

}  // namespace systole
