// operands.cpp: im2col into tiles, block-diagonal weights, padding to whole tiles.
#include "sim/schedule/operands.h"

#include <algorithm>
#include <cassert>

namespace systole {
namespace {

/// Channels [first, first + count) of x under tap (kh, kw), for every row of the region; rows are
/// `stride` apart in `out`.
struct Strip {
  std::int64_t kh, kw, first, count, stride;
  std::int16_t* out;
};

void copy_strip(const Layout& layout, const IntTensor& x, const Strip& strip) {
  const Window& window = layout.window;
  const Shape& image = layout.image;
  const Shape y = output_shape(window, image, 1);
  const auto width = static_cast<std::ptrdiff_t>(strip.stride);
  const auto pad = static_cast<std::int16_t>(layout.pad_value);
  std::int16_t* out = strip.out;
  const std::int64_t end = layout.region.m + layout.region.rows;
  for (std::int64_t row = layout.region.m; row < end;) {
    const std::int64_t column = row % y[2];
    const std::int64_t next = std::min(end, row - column + y[2]);  // The output line's end.
    const std::int64_t n = row / (y[1] * y[2]);
    const std::int64_t h = input_pixel(window, 0, row / y[2] % y[1], strip.kh);
    const bool line_inside = 0 <= h && h < image[1];
    std::int64_t v = input_pixel(window, 1, column, strip.kw);
    for (; row < next; ++row, v += window.stride[1], out += width) {
      if (!line_inside || v < 0 || v >= image[2]) {
        std::fill_n(out, strip.count, pad);
        continue;
      }
      const std::int32_t* pixel =
          x.data.data() + ((n * image[1] + h) * image[2] + v) * image[3] + strip.first;
      for (std::int64_t c = 0; c < strip.count; ++c)
        out[c] = static_cast<std::int16_t>(pixel[c] - layout.subtrahend);
    }
  }
}

/// Columns run over (kh, kw, channel of the pack), a tile of `width` after the other; those of a
/// stream begin a new tile with every tap.
std::vector<std::int16_t> activation_tiles(const Layout& layout, const PackShape& pack,
                                           const IntTensor& x, std::int64_t width) {
  const std::int64_t stride = layout.stream ? pack.depth : pack.inputs;  // Of a tap.
  const std::int64_t columns = layout.stream ? layout.taps() * pack.depth : pack.depth;
  std::vector<std::int16_t> tiles(static_cast<std::size_t>(columns * layout.region.rows));
  for (std::int64_t tap = 0; tap < layout.taps(); ++tap)
    for (std::int64_t c = 0; c < pack.inputs;) {
      const std::int64_t k = tap * stride + c;
      const std::int64_t count = std::min(pack.inputs - c, width - k % width);
      std::int16_t* out = tiles.data() + (k / width * layout.region.rows * width + k % width);
      copy_strip(layout, x,
                 {tap / layout.window.kernel[1], tap % layout.window.kernel[1],
                  pack.first_input + c, count, width, out});
      c += count;
    }
  return tiles;
}

/// `matrix` [rows, depth] in tiles of `width` rows, column by column; the last tile zero padded.
std::vector<std::int16_t> column_tiles(const std::vector<std::int16_t>& matrix, std::int64_t rows,
                                       std::int64_t depth, std::int64_t width) {
  const std::int64_t tiles = (rows + width - 1) / width;
  std::vector<std::int16_t> result(static_cast<std::size_t>(tiles * depth * width));
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::int16_t* from = matrix.data() + r * depth;
    std::int16_t* to = result.data() + r / width * depth * width + r % width;
    for (std::int64_t k = 0; k < depth; ++k) to[k * width] = from[k];
  }
  return result;
}

/// The pack's columns of the weights [taps * inputs per group, channels], zeros off the diagonal.
std::vector<std::int16_t> weight_matrix(const Layout& layout, const PackShape& pack) {
  const std::int64_t per_group = layout.channels / layout.groups;
  const std::int64_t inputs = layout.image[3] / layout.groups;
  const std::int64_t end = pack.first_channel + pack.channels;
  std::vector<std::int16_t> matrix(static_cast<std::size_t>(pack.depth * pack.w_stride));
  for (std::int64_t first = pack.first_channel; first < end;) {
    const std::int64_t group = first / per_group;
    const std::int64_t next = std::min(end, (group + 1) * per_group);
    const std::int64_t first_k = group * inputs - pack.first_input;
    for (std::int64_t tap = 0; tap < layout.taps(); ++tap)
      for (std::int64_t i = 0; i < inputs; ++i) {
        std::int16_t* out = matrix.data() + (tap * pack.inputs + first_k + i) * pack.w_stride +
                            (first - pack.first_channel);
        if (!layout.weight) {
          std::fill_n(out, next - first, std::int16_t{1});
          continue;
        }
        const std::int32_t* w =
            layout.weight->data.data() + (tap * inputs + i) * layout.channels + first;
        for (std::int64_t n = 0; n < next - first; ++n) out[n] = static_cast<std::int16_t>(w[n]);
      }
    first = next;
  }
  return matrix;
}

}  // namespace

Operands make_operands(const Job& job, const IntTensor& x, const IntTensor* residual,
                       const Geometry& geometry, const Region& region, const StoredBeats* stored) {
  Operands operands;
  operands.layout = make_layout(job, x.shape, geometry, region);
  operands.residual = residual;
  operands.stored = stored;
  assert(operands.layout.has_residual() == (residual != nullptr));
  for (const PackShape& pack : operands.layout.packs) {
    PackData data;
    if (operands.layout.output_stationary())
      data.x = column_tiles(activation_tiles(operands.layout, pack, x, pack.depth), region.rows,
                            pack.depth, geometry.rows);
    else
      data.x = activation_tiles(operands.layout, pack, x, operands.layout.tile_width());
    if (!operands.layout.stream && !stored) data.w = weight_matrix(operands.layout, pack);
    operands.packs.push_back(std::move(data));
  }
  return operands;
}

Operands make_operands(const Job& job, const IntTensor& x, const IntTensor* residual,
                       const Geometry& geometry) {
  return make_operands(job, x, residual, geometry, whole(job, x.shape));
}

}  // namespace systole
