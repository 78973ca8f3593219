// smooth_quant.h: moves the width of a layer's input channels into its weights.
#pragma once

#include <string>
#include <vector>

#include "model/network/network.h"
#include "model/quant/channel_maxima.h"

namespace systole {

struct SmoothOptions {
  double alpha = 0.5;        ///< [0, 1]: how much of the activations' width the weights take.
  bool is_explicit = false;  ///< Never folds: every 1/s stays an op of its own.
};

/// What happened to one op.
struct SmoothedOp {
  std::string op;
  std::vector<double> factors;  ///< s, per input channel of the op.
  std::string divided_by;       ///< The op whose output is now divided by s.
  bool is_folded = false;       ///< Whether that op was there before.

  double least() const;    ///< The smallest of the factors,
  double largest() const;  ///< and the largest.
};

struct SmoothedNetwork {
  FloatNetwork network;         ///< Computes the same, up to float32 rounding.
  std::vector<SmoothedOp> ops;  ///< In the network's order.
};

/// SmoothQuant (Xiao et al. 2022, arXiv:2211.10438, equation 4), per input channel j:
///
///   s_j = max|x_j|^alpha / max|w_j|^(1 - alpha)       x_j / s_j  meets  w_j s_j
///
/// and s_j = 1 where either maximum is 0, or where s_j or 1 / s_j is no normal float32. The same
/// number of channels on both sides.
std::vector<double> smoothing_factors(const std::vector<double>& inputs,
                                      const std::vector<double>& weights, double alpha);

/// Smooths every Conv2d and Linear that `maxima` names.
///
/// 1/s goes into the affine op before: gamma and beta of a batch norm, output channels and bias of
/// a convolution or matrix product. On the way may be relu without a maximum, pools, pad that keeps
/// the channels, identity, dropout, and flatten, where every pixel's channel shares one s. All that
/// reads the affine op's output, directly or through those, must be smoothed; it shares one s, of
/// the largest of its maxima. Otherwise, and where `is_explicit`, a batch norm of gamma 1/s, beta
/// 0, mean 0, variance 1 and epsilon 0, which is x (1/s) to the bit, stands in front; ops that read
/// one tensor share it and its s.
///
/// Convolutions of any groups are smoothed, depthwise ones too: a channel's weights are those of
/// its own group. Factors are those of the network as it was given, whatever else is smoothed.
///
/// Throws InputError, naming the op, when it is not there or neither Conv2d nor Linear, when its
/// maxima are not one finite number of 0 or more per input channel, a weight is not finite, or
/// alpha is out of range.
SmoothedNetwork smooth(const FloatNetwork& network, const ChannelMaxima& maxima,
                       const SmoothOptions& options);

}  // namespace systole
