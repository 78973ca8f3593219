// operands.cpp: im2col, block-diagonal packing of groups, padding to whole tiles.
#include "sim/schedule/operands.h"

#include <algorithm>
#include <cassert>

namespace systole {
namespace {

std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// `matrix` [rows, columns] cut into tiles of `width` columns, one tile after the other.
std::vector<std::int16_t> tiled(const IntTensor& matrix, std::int64_t width) {
  const std::int64_t rows = matrix.rows();
  const std::int64_t columns = matrix.channels();
  std::vector<std::int16_t> result(static_cast<std::size_t>(rows * round_up(columns, width)));
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c)
      result[static_cast<std::size_t>(((c / width) * rows + r) * width + c % width)] =
          static_cast<std::int16_t>(matrix[r * columns + c]);
  return result;
}

/// `matrix` [rows, columns] as 16-bit rows of `stride` elements.
std::vector<std::int16_t> padded(const IntTensor& matrix, std::int64_t stride) {
  const std::int64_t columns = matrix.channels();
  std::vector<std::int16_t> result(static_cast<std::size_t>(matrix.rows() * stride));
  for (std::int64_t r = 0; r < matrix.rows(); ++r)
    for (std::int64_t c = 0; c < columns; ++c)
      result[static_cast<std::size_t>(r * stride + c)] =
          static_cast<std::int16_t>(matrix[r * columns + c]);
  return result;
}

/// Weights [kh, kw, cin / groups, cout] of the pack's groups as one [taps * cin, cout] matrix with
/// zeros off the diagonal; k runs over (kh, kw, channel of the pack), as im2col's columns do.
std::vector<std::int16_t> block_diagonal(const IntTensor& weight, const Pack& pack,
                                         std::int64_t channels_per_group) {
  const std::int64_t taps = weight.shape[0] * weight.shape[1];
  const std::int64_t inputs = weight.shape[2];  // Of one group.
  const std::int64_t groups = pack.channels / channels_per_group;
  std::vector<std::int16_t> result(static_cast<std::size_t>(pack.depth * pack.w_stride));
  for (std::int64_t tap = 0; tap < taps; ++tap)
    for (std::int64_t i = 0; i < inputs; ++i)
      for (std::int64_t n = 0; n < pack.channels; ++n) {
        const std::int64_t group = n / channels_per_group;
        const std::int64_t k = (tap * groups + group) * inputs + i;
        const std::int64_t source = (tap * inputs + i) * weight.channels() + pack.first_channel + n;
        result[static_cast<std::size_t>(k * pack.w_stride + n)] =
            static_cast<std::int16_t>(weight[source]);
      }
  return result;
}

std::vector<Pack> conv_packs(const IntTensor& x, const IntTensor& weight,
                             const Conv2dParams& params, const Geometry& geometry) {
  const std::int64_t per_group = weight.channels() / params.groups;
  const std::int64_t fitting = std::max<std::int64_t>(1, geometry.cols / per_group);
  std::vector<Pack> packs;
  for (std::int64_t group = 0; group < params.groups; group += fitting) {
    const std::int64_t count = std::min(fitting, params.groups - group);
    Pack pack;
    pack.first_channel = group * per_group;
    pack.channels = count * per_group;
    const IntTensor patches = im2col(x, params.window, group * weight.shape[2],
                                     count * weight.shape[2], params.pad_value);
    pack.k = patches.channels();
    pack.depth = round_up(pack.k, geometry.rows);
    pack.w_stride = round_up(pack.channels, geometry.cols);
    pack.x = tiled(patches, geometry.rows);
    pack.w = block_diagonal(weight, pack, per_group);
    packs.push_back(std::move(pack));
  }
  return packs;
}

/// A sum pool is a depthwise convolution of x - zero_point with unit weights.
std::vector<Pack> sum_pool_packs(IntTensor x, const IntSumPool& pool, const Geometry& geometry) {
  for (std::int32_t& value : x.data) value -= pool.zero_point;
  const IntTensor ones({pool.window.kernel[0], pool.window.kernel[1], 1, x.channels()}, 1);
  return conv_packs(x, ones, {pool.window, x.channels(), 0}, geometry);
}

std::vector<Pack> matmul_packs(const IntTensor& x, const IntTensor& weight,
                               const Geometry& geometry) {
  Pack pack;
  pack.k = weight.shape[0];
  pack.channels = weight.channels();
  pack.depth = round_up(pack.k, geometry.rows);
  pack.w_stride = round_up(pack.channels, geometry.cols);
  pack.x = tiled(x, geometry.rows);
  pack.w = padded(weight, pack.w_stride);
  pack.w.resize(static_cast<std::size_t>(pack.depth * pack.w_stride));
  return {std::move(pack)};
}

std::vector<Pack> stream_packs(const IntTensor& x, const Geometry& geometry) {
  Pack pack;
  pack.channels = x.channels();
  pack.depth = round_up(pack.channels, geometry.cols);
  pack.x = tiled(x, geometry.cols);
  return {std::move(pack)};
}

}  // namespace

Operands make_operands(const Job& job, const IntTensor& x, const IntTensor* residual,
                       const Geometry& geometry) {
  Operands operands;
  operands.residual = residual;
  if (job.quant) operands.quant = quant_of(*job.quant);
  if (!job.product) {
    operands.stream = true;
    operands.packs = stream_packs(x, geometry);
  } else if (const auto* conv = std::get_if<IntConv2d>(&job.product->op)) {
    operands.packs = conv_packs(x, conv->weight, conv->params, geometry);
  } else if (const auto* matmul = std::get_if<IntMatmul>(&job.product->op)) {
    operands.packs = matmul_packs(x, matmul->weight, geometry);
  } else {
    operands.packs = sum_pool_packs(x, std::get<IntSumPool>(job.product->op), geometry);
  }
  assert(!operands.packs.empty());
  operands.m = static_cast<std::int64_t>(operands.packs[0].x.size()) / operands.packs[0].depth;
  for (const Pack& pack : operands.packs) operands.channels += pack.channels;
  return operands;
}

}  // namespace systole
