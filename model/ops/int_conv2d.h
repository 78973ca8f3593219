// int_conv2d.h: integer convolution: int_matmul over im2col patches, or depthwise taps.
#pragma once

#include "model/ops/int_kernel.h"
#include "model/ops/window.h"
#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Attributes of a convolution. Weights are HWIO: [kh, kw, cin / groups, cout].
struct Conv2dParams {
  Window window;
  std::int64_t groups = 1;
  std::int32_t pad_value = 0;  ///< The input's zero point (0 once it is subtracted).

  bool operator==(const Conv2dParams&) const = default;
};

/// Patches of channels [first, first + count) of x [n, h, w, c]: a [n * oh * ow, kh * kw * count]
/// matrix whose columns run over (kh, kw, channel); pixels outside the image are `pad_value`.
IntTensor im2col(const IntTensor& x, const Window& window, std::int64_t first, std::int64_t count,
                 std::int32_t pad_value);

/// Returns [n, oh, ow, cout] accumulators of x [n, h, w, cin] and w [kh, kw, cin / groups, cout],
/// whose elements fit 16 bits signed. Every kernel gives the same.
IntTensor int_conv2d(const IntTensor& x, const IntTensor& w, const Conv2dParams& params,
                     IntKernel kernel = fastest_int_kernel());

/// The static bound of |acc|: max over output channels of sum max|x| * |w|.
std::int64_t int_conv2d_bound(const IntTensor& w, const IntRange& x);

}  // namespace systole
