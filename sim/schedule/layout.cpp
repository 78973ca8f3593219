// layout.cpp: ops as windows over images, groups as packs of columns.
#include "sim/schedule/layout.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace systole {
namespace {

std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// Any tensor as one line of pixels.
Shape line_of(const Shape& x) {
  const std::int64_t channels = x.empty() ? 1 : x.back();
  return {1, 1, channels == 0 ? 0 : element_count(x) / channels, channels};
}

/// A window over every channel by itself.
void set_pool(Layout& layout, const Window& window, const Shape& x) {
  layout.window = window;
  layout.image = x;
  layout.channels = x[3];
}

/// Items of the leading axes as groups of one line of pixels.
void set_batch_product(Layout& layout, const IntBatchMatmul& matmul, const Shape& x) {
  const std::size_t last = x.size() - 1;
  const std::int64_t m = x[matmul.transpose_a ? last : last - 1];
  const std::int64_t k = x[matmul.transpose_a ? last - 1 : last];
  layout.activations = &matmul;
  layout.groups = element_count(Shape(x.begin(), x.end() - 2));
  layout.image = {1, 1, m, layout.groups * k};
  layout.channels = layout.groups * layout.job.columns;
}

/// All fields but the region and its packs.
Layout describe(const Job& job, const Shape& x, const Geometry& geometry) {
  Layout layout;
  layout.job = job;
  layout.geometry = geometry;
  layout.image = line_of(x);
  layout.channels = layout.image[3];
  if (!job.product) {
    layout.stream = true;
  } else if (const auto* conv = std::get_if<IntConv2d>(&job.product->op)) {
    layout.window = conv->params.window;
    layout.image = x;
    layout.groups = conv->params.groups;
    layout.pad_value = conv->params.pad_value;
    layout.weight = &conv->weight;
    layout.channels = conv->weight.channels();
  } else if (const auto* matmul = std::get_if<IntMatmul>(&job.product->op)) {
    layout.weight = &matmul->weight;
    layout.channels = matmul->weight.channels();
  } else if (const auto* matmul = std::get_if<IntBatchMatmul>(&job.product->op)) {
    set_batch_product(layout, *matmul, x);
  } else if (const auto* pool = std::get_if<IntMaxPool>(&job.product->op)) {
    set_pool(layout, pool->window, x);
    layout.stream = layout.maximum = true;
    layout.pad_value = std::numeric_limits<std::int16_t>::min();  // Never wins.
  } else {
    const auto& sum = std::get<IntSumPool>(job.product->op);
    set_pool(layout, sum.window, x);
    layout.subtrahend = sum.zero_point;
    layout.stream = geometry.has_lanes;
    if (!layout.stream) layout.groups = layout.channels;  // Depthwise with unit weights.
  }
  layout.m = element_count(output_shape(layout.window, layout.image, 1));
  layout.order = {layout.m, layout.activations ? job.columns : layout.channels};
  return layout;
}

/// Channels [first, end) of a stream, or of as many groups as they belong to.
PackShape make_pack(const Layout& layout, std::int64_t first, std::int64_t end) {
  PackShape pack;
  pack.first_channel = first;
  pack.channels = end - first;
  pack.w_stride = round_up(pack.channels, layout.geometry.cols);
  if (layout.stream) {
    pack.first_input = first;
    pack.inputs = pack.channels;
    pack.depth = pack.w_stride;
    return pack;
  }
  const std::int64_t outputs_per_group = layout.channels / layout.groups;
  const std::int64_t inputs_per_group = layout.image[3] / layout.groups;
  const std::int64_t first_group = first / outputs_per_group;
  const std::int64_t last_group = (end - 1) / outputs_per_group;
  pack.first_input = first_group * inputs_per_group;
  pack.inputs = (last_group - first_group + 1) * inputs_per_group;
  pack.k = layout.taps() * pack.inputs;
  pack.depth = layout.output_stationary() ? pack.k : round_up(pack.k, layout.geometry.rows);
  return pack;
}

}  // namespace

const std::string& input_of(const Job& job) {
  return (job.product ? job.product : job.quant)->inputs[0];
}

Region whole(const Job& job, const Shape& x) {
  const Layout layout = describe(job, x, {});
  return {0, layout.m, 0, layout.channels};
}

OutputOrder order_of(const Job& job, const Shape& x) { return describe(job, x, {}).order; }

std::vector<std::int64_t> pack_widths(const Job& job, const Shape& x, const Geometry& geometry) {
  const Layout layout = describe(job, x, geometry);
  const std::int64_t per_group = layout.channels / layout.groups;
  const std::int64_t most = std::min(layout.groups, geometry.cols / per_group);
  if (layout.stream || most < 2) return {1};
  const std::int64_t k = layout.taps() * layout.image[3] / layout.groups;  // Of one group.
  std::vector<std::int64_t> widths = {most};
  for (std::int64_t tiles = (k * most - 1) / geometry.rows; tiles > 0; --tiles) {
    const std::int64_t width = tiles * geometry.rows / k;
    if (width > 0 && width < widths.back()) widths.push_back(width);
  }
  return widths;
}

Layout make_layout(const Job& job, const Shape& x, const Geometry& geometry, const Region& region,
                   std::int64_t groups) {
  Layout layout = describe(job, x, geometry);
  layout.region = region;
  if (job.quant) layout.lanes = lanes_of(job.quant->op);
  const std::int64_t end = region.channel + region.channels;
  assert(region.rows > 0 && region.channels > 0);
  assert(region.m >= 0 && region.m + region.rows <= layout.m);
  assert(region.channel >= 0 && end <= layout.channels);

  const std::int64_t per_group = layout.channels / layout.groups;
  for (std::int64_t first = region.channel; first < end;) {
    const std::int64_t group = first / per_group * per_group;  // Packs end where groups end.
    const std::int64_t next = layout.stream ? end : std::min(end, group + groups * per_group);
    layout.packs.push_back(make_pack(layout, first, next));
    first = next;
  }
  return layout;
}

}  // namespace systole
