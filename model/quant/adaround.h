// adaround.h: weights rounded up or down by what a layer's output gains, not each to its nearest.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "model/network/network.h"
#include "model/quant/adaround_options.h"
#include "model/quant/encoding.h"
#include "model/quant/tensor_encoding.h"

namespace systole {

/// A convolution or matrix product with what follows it up to its quantizer:
///
///   y = clamp(gain (op(x) + bias) + offset, range)     gain and offset per output channel
struct LayerToRound {
  std::string name;  ///< What errors call it.
  FloatOp op;        ///< Conv2d (any groups, strides, dilation, padding) or Linear.
  /// Of a batch norm: gamma / sigma and beta - gamma mu / sigma. Empty: 1 and 0.
  std::vector<double> gain, offset;
  /// [0, infinity] of a relu, [0, 6] of a relu6.
  RealRange range = {-std::numeric_limits<double>::infinity(),
                     std::numeric_limits<double>::infinity()};
};

/// Calibration data of one layer; the batch is the first axis (of a Linear: all but the last).
struct LayerSamples {
  FloatTensor quantised_input;  ///< What the layer will get: reals on the grid of its quantizer.
  FloatTensor float_input;      ///< The same shape; what `drop_probability` mixes in. May be empty
                                ///< where that is 0.
  FloatTensor float_output;     ///< The target: y of the float network.
};

struct Rounded {
  IntTensor codes;
  double nearest_error = 0;  ///< Mean squared error of y over all samples, rounded to nearest,
  double error = 0;          ///< and with `codes`: never more than `nearest_error`.
  std::int64_t changed = 0;  ///< Codes that are not the nearest.
};

/// AdaRound (Nagel et al. 2020, arXiv:2004.10568): codes that are each the floor or the ceiling of
/// w / Δ (plus the zero point, clamped), chosen by gradient descent on
///
///   sum_channels K error_c / nearest_c + lambda sum_weights 1 - |2 h - 1|^beta
///
/// with h of SoftRounding, error_c the mean squared error of channel c over the iteration's rows,
/// nearest_c the same over all samples with nearest rounding, K weights per output channel. So one
/// lambda serves every layer, whatever the units of y, where the paper's sum of squares needs one
/// for each; 10 to 100 give the same errors to a few percent. A channel whose error over all
/// samples is not below nearest_c keeps its nearest codes.
///
/// Float32 products and sums in a fixed order, everything else in double with `portable_exp`: the
/// same bits on every machine and with any number of threads for a seed. Codes are those of
/// `quantize` in `kDouble`. Throws InputError, naming the layer, when the op is neither Conv2d nor
/// Linear, shapes do not fit, there are no samples, a number is not finite, an option is out of
/// range, or the encoding is a float format or does not fit the weight.
Rounded adaround(const LayerToRound& layer, const Encoding& weight_encoding,
                 const LayerSamples& samples, const RoundingOptions& options, int threads = 1);

}  // namespace systole
