// lower_average.cpp: averages as sums on the array and a requantisation.
#include <algorithm>
#include <cmath>

#include "model/lower/lowering.h"
#include "model/network/ranges.h"
#include "model/ops/avg_pool.h"
#include "model/ops/sum_pool.h"

namespace systole {
namespace {

std::set<int> counts_of(const Window& window, const Shape& x, bool count_include_pad) {
  const Tensor<int> counts = pixel_counts(window, x[1], x[2], count_include_pad);
  return {counts.data.begin(), counts.data.end()};
}

/// 1 / pixels, a hair larger where that cannot carry a sum past a half: then a tie lies beyond the
/// half on its own side, and goes away from zero whatever the zero point, as TFLite's does.
double reciprocal(int pixels, std::int64_t largest_sum, const ScaleFormat& format) {
  const double hair = std::ldexp(1.0, 3 - format.bits);
  const bool is_harmless = format.kind == ScaleFormat::Kind::kNormalized &&
                           static_cast<double>(largest_sum) * hair < 0.5;
  return (is_harmless ? 1 + hair : 1) / pixels;
}

}  // namespace

void Lowering::visit_rounded_average(const IntNode& node, const RoundedAvgPool& op) {
  const Codes& x = codes(node.inputs[0]);
  const std::int32_t zero_point = node.output.zero_point;
  const std::set<int> counts = counts_of(op.window, shapes_.at(node.inputs[0]), false);
  const std::int64_t bound = sum_pool_bound(op.window, x.range, 0);
  const QuantForm form{Rounding::kHalfAway, zero_point, op.clamp};
  const auto quant_of = [&](int pixels) {
    const RealChannel channel{.scale = reciprocal(pixels, bound, options_.scale.format),
                              .bias = -static_cast<double>(zero_point)};
    return make_quant(node.name, {channel}, {.acc = bound}, form);
  };
  if (counts.size() == 1) {
    const Codes sum = append(node.name + ".sum", {x}, IntSumPool{op.window, 0});
    define(node.name, append(node.name, {sum}, quant_of(*counts.begin()), node.output));
  } else {
    IntAvgPool pool{.window = op.window, .zero_point = 0, .quant_by_count = {}};
    for (const int pixels : counts) pool.quant_by_count[pixels] = quant_of(pixels);
    define(node.name, append(node.name, {x}, std::move(pool), node.output));
  }
  explain(node.name, SameCodes{});
}

void Lowering::visit_float_average(const IntNode& node, const Window& window,
                                   bool count_include_pad) {
  if (is_host_real(node.inputs[0])) return keep(node);
  const Codes x = coded(node.inputs[0]);
  const std::set<int> counts = counts_of(window, shapes_.at(node.inputs[0]), count_include_pad);
  Affine mean{.base = x, .scale = {x.quantization.scale}};
  const IntSumPool pool{window, x.quantization.zero_point};
  if (counts.size() == 1)
    mean.scale[0] /= *counts.begin();
  else
    mean.pixel_counts = counts;
  mean.pool = pool;
  define(node.name, std::move(mean));
}

Codes Lowering::emit_by_count(const std::string& name, const Affine& value, const Target& target) {
  IntAvgPool pool{
      .window = value.pool->window, .zero_point = value.pool->zero_point, .quant_by_count = {}};
  const std::int64_t bound = sum_pool_bound(pool.window, value.base.range, pool.zero_point);
  const double steps = target.steps().at(0);  // An image has no tokens.
  for (const int pixels : value.pixel_counts) {
    std::vector<RealChannel> channels(std::max(value.scale.size(), value.offset.size()));
    for (std::size_t c = 0; c < channels.size(); ++c) {
      channels[c].scale = of_channel(value.scale, c) * steps / pixels;
      channels[c].bias = of_channel(value.offset, c) * steps;
    }
    pool.quant_by_count[pixels] = make_quant(name, channels, {.acc = bound}, target.form(value));
  }
  return append(name, {value.base}, std::move(pool), target.quantization);
}

}  // namespace systole
