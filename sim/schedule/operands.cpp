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

/// The first operand of a product of two activations: `strip.count` elements of k from one on, for
/// every row of the region. `strip.first` counts over the items' k.
void copy_item_strip(const Layout& layout, const IntTensor& x, const Strip& strip) {
  const std::int64_t depth = layout.image[3] / layout.groups;
  const std::int64_t item = strip.first / depth, k = strip.first % depth;
  const bool swapped = layout.activations->transpose_a;
  const std::int64_t row_step = swapped ? 1 : depth, k_step = swapped ? layout.m : 1;
  const std::int32_t* from =
      x.data.data() + item * layout.m * depth + layout.region.m * row_step + k * k_step;
  std::int16_t* out = strip.out;
  for (std::int64_t row = 0; row < layout.region.rows; ++row, from += row_step, out += strip.stride)
    for (std::int64_t i = 0; i < strip.count; ++i)
      out[i] = static_cast<std::int16_t>(from[i * k_step]);
}

/// Columns run over (kh, kw, channel of the pack), a tile of `width` after the other; those of a
/// stream begin a new tile with every tap.
std::vector<std::int16_t> activation_tiles(const Layout& layout, const PackShape& pack,
                                           const IntTensor& x, std::int64_t width) {
  const std::int64_t stride = layout.stream ? pack.depth : pack.inputs;  // Of a tap.
  const std::int64_t columns = layout.stream ? layout.taps() * pack.depth : pack.depth;
  const std::int64_t inputs_per_group = layout.image[3] / layout.groups;
  std::vector<std::int16_t> tiles(static_cast<std::size_t>(columns * layout.region.rows));
  for (std::int64_t tap = 0; tap < layout.taps(); ++tap)
    for (std::int64_t c = 0; c < pack.inputs;) {
      const std::int64_t k = tap * stride + c;
      std::int64_t count = std::min(pack.inputs - c, width - k % width);
      std::int16_t* out = tiles.data() + (k / width * layout.region.rows * width + k % width);
      if (layout.activations) {
        count = std::min(count, inputs_per_group - c % inputs_per_group);
        copy_item_strip(layout, x, {0, 0, pack.first_input + c, count, width, out});
      } else {
        copy_strip(layout, x,
                   {tap / layout.window.kernel[1], tap % layout.window.kernel[1],
                    pack.first_input + c, count, width, out});
      }
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

/// Where the elements of a product's second operand lie: those of row `k` (of a group: tap * inputs
/// + input) that belong to the output's channels from `channel` on are `step` apart.
struct Stationary {
  const std::int32_t* first = nullptr;
  std::int64_t step = 1;
};
Stationary stationary_of(const Layout& layout, const IntTensor* operand, std::int64_t k,
                         std::int64_t channel) {
  if (!layout.activations) {
    if (!layout.weight) return {};
    return {layout.weight->data.data() + k * layout.channels + channel};
  }
  const std::int64_t depth = layout.image[3] / layout.groups, width = layout.order.width;
  const std::int64_t item = channel / width, n = channel % width;
  const std::int32_t* first = operand->data.data() + item * depth * width;
  if (layout.activations->transpose_b) return {first + n * depth + k, depth};
  return {first + k * width + n};
}

/// The pack's columns of the second operand, zeros off the diagonal.
std::vector<std::int16_t> weight_matrix(const Layout& layout, const PackShape& pack,
                                        const IntTensor* operand) {
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
        const auto [w, step] = stationary_of(layout, operand, tap * inputs + i, first);
        for (std::int64_t n = 0; n < next - first; ++n)
          out[n] = w ? static_cast<std::int16_t>(w[n * step]) : std::int16_t{1};
      }
    first = next;
  }
  return matrix;
}

}  // namespace

JobInputs inputs_of(const Job& job,
                    const std::function<const IntTensor&(const std::string&)>& find) {
  JobInputs inputs{find(input_of(job))};
  if (job.quant && job.quant->inputs.size() > 1) inputs.residual = &find(job.quant->inputs[1]);
  if (job.product && job.product->inputs.size() > 1)
    inputs.stationary = &find(job.product->inputs[1]);
  return inputs;
}

Operands make_operands(const Job& job, const JobInputs& inputs, const Geometry& geometry,
                       const Region& region, const StoredBeats* stored) {
  const IntTensor& x = inputs.x;
  Operands operands;
  operands.layout = make_layout(job, x.shape, geometry, region);
  operands.residual = inputs.residual;
  operands.stored = stored;
  assert(operands.layout.has_residual() == (inputs.residual != nullptr));
  assert((operands.layout.activations != nullptr) == (inputs.stationary != nullptr));
  for (const PackShape& pack : operands.layout.packs) {
    PackData data;
    if (operands.layout.output_stationary())
      data.x = column_tiles(activation_tiles(operands.layout, pack, x, pack.depth), region.rows,
                            pack.depth, geometry.rows);
    else
      data.x = activation_tiles(operands.layout, pack, x, operands.layout.tile_width());
    if (!operands.layout.stream && !operands.has_stored_weights())
      data.w = weight_matrix(operands.layout, pack, inputs.stationary);
    operands.packs.push_back(std::move(data));
  }
  return operands;
}

Operands make_operands(const Job& job, const JobInputs& inputs, const Geometry& geometry) {
  return make_operands(job, inputs, geometry, whole(job, inputs.x.shape));
}

}  // namespace systole
