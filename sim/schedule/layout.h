// layout.h: how a part of a job's output is laid out on the array, without any data.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/ops/window.h"
#include "sim/schedule/job.h"
#include "sim/schedule/lanes.h"
#include "sim/schedule/region.h"

namespace systole {

/// One matrix product of a job: the whole op, or as many groups as fit into the columns, side by
/// side on the diagonal. Groups are those of a convolution, or the items of the leading axes of a
/// product of two activations: heads, windows, the batch. A stream has one pack and no product: `k`
/// is 0.
struct PackShape {
  std::int64_t k = 0;              ///< taps * inputs: the product's depth.
  std::int64_t first_channel = 0;  ///< Of the op's output.
  std::int64_t channels = 0;
  std::int64_t first_input = 0;  ///< Channel of x.
  std::int64_t inputs = 0;
  /// k (stream: channels) rounded up to whole tiles. Output stationary: k.
  std::int64_t depth = 0;
  std::int64_t w_stride = 0;  ///< channels rounded up to whole tiles.

  bool operator==(const PackShape&) const = default;
};

/// A job's region as matrices and their tiles. Every kind of job is seen as a window over an image
/// batch: a matrix and the codes of a mul_quant are one line of pixels under a window of one. A
/// product of two activations a [.., m, k], b [.., k, n] is such a line of m pixels whose channels
/// are the k of all items one after the other; b takes the weights' place.
struct Layout {
  Job job;
  Geometry geometry;
  Region region;
  std::int64_t m = 0;         ///< Rows of the op's whole output [m x channels].
  std::int64_t channels = 0;  ///< Of the op's whole output.
  bool stream = false;        ///< Past the array: a pass per tap of the window.
  bool maximum = false;       ///< Of a stream: taps are reduced to the largest, not to their sum.

  Window window;
  Shape image;                        ///< The input [n, h, w, c].
  std::int64_t groups = 1;            ///< Of the input's channels.
  std::int32_t subtrahend = 0;        ///< Taken from every element of the input.
  std::int32_t pad_value = 0;         ///< Of pixels outside the image.
  const IntTensor* weight = nullptr;  ///< [taps * inputs per group, channels]; null: all 1, or
  const IntBatchMatmul* activations = nullptr;  ///< both operands are activations.
  OutputOrder order;                            ///< Of the op's tensors.
  std::optional<Lanes> lanes;                   ///< Of the job's quant.
  std::vector<PackShape> packs;

  std::int64_t taps() const { return window.kernel[0] * window.kernel[1]; }
  bool output_stationary() const { return geometry.dataflow == Dataflow::kOutputStationary; }
  /// Columns of x in one tile: PE rows, or lanes of a stream. Output stationary: rows of x.
  std::int64_t tile_width() const { return stream ? geometry.cols : geometry.rows; }
  bool has_residual() const { return job.quant && job.quant->inputs.size() > 1; }
  /// The constants of an element of the output; `lanes` must be there. (Tokens are rows m: of a
  /// product of two activations, too, they are an item's rows.)
  const ParameterBeat& lane(std::int64_t row, std::int64_t channel) const {
    return lanes->channel(row, channel % order.width);
  }
  bool has_tokens() const { return lanes && lanes->tokens > 1; }
};

/// The job's input tensor: of its product, or its first operand.
const std::string& input_of(const Job& job);

/// All rows and channels of the job's output for an input of shape `x` (batch first).
Region whole(const Job& job, const Shape& x);

/// Where the elements of that output lie.
OutputOrder order_of(const Job& job, const Shape& x);

/// The layout of `region` (not empty) of the job's output for an input of shape `x` (batch first).
/// Its channels may begin and end within a group. Where the design has no lanes, sum pools are
/// depthwise products with unit weights and no other stream may be asked for.
///
/// Of the widths of packs that may be worth it, this takes the one with the fewest predicted
/// cycles; of equal ones the one with the fewest beats, then the widest. `job.pack_groups` decides
/// where it is given.
Layout make_layout(const Job& job, const Shape& x, const Geometry& geometry, const Region& region);

/// The same with packs of `groups` groups.
Layout make_layout(const Job& job, const Shape& x, const Geometry& geometry, const Region& region,
                   std::int64_t groups);

/// Widths of packs that may be worth it, in groups: for every number of K tiles the most groups
/// that fit into it and into the columns, widest first. {1} where there is no choice.
std::vector<std::int64_t> pack_widths(const Job& job, const Shape& x, const Geometry& geometry);

}  // namespace systole
