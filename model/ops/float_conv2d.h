// float_conv2d.h: convolution in float32 with one fixed order of sums.
#pragma once

#include "model/ops/int_conv2d.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Returns [n, oh, ow, cout] of x [n, h, w, cin], w [kh, kw, cin / groups, cout] and bias [cout] or
/// empty: float_linear over im2col patches, so sums run over (kh, kw, channel). Padding is 0;
/// `params.pad_value` is not used.
FloatTensor float_conv2d(const FloatTensor& x, const FloatTensor& w, const FloatTensor& bias,
                         const Conv2dParams& params);

}  // namespace systole
