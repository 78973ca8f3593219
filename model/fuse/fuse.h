// fuse.h: turns a float network with its quantizers into the integer network that hardware
// computes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/network/check.h"
#include "model/network/network.h"
#include "model/ops/fixed_point.h"
#include "model/quant/encoded_network.h"
#include "model/quant/recipe.h"

namespace systole {

/// What the conversion of one op's real scales to integers cost.
struct ScaleReport {
  std::string op;
  double largest_error = 0;    ///< max over channels of |s 2^-f / s_real - 1|, residual too.
  std::int64_t zeros = 0;      ///< Scales other than 0 that became 0.
  std::int64_t saturated = 0;  ///< Scales that the format's width cut (`fixed` only).
  std::vector<RealChannel> reals = {};  ///< One per channel, or one for all.
};

/// How requantisations are made.
struct FuseOptions {
  Rounding rounding = Rounding::kHalfEven;
  ScaleFormat scale = {};
};

struct FusedNetwork {
  IntNetwork network;
  std::vector<ScaleReport> scales;                 ///< One per requantisation, in order.
  std::map<std::string, std::string> float_names;  ///< Integer op -> float op of the same values.
};

/// Fuses (model/README.md, Fusion):
///
///   conv2d | linear (- batch_norm) (- add) (- relu)  ->  int_conv2d | int_matmul, mul_quant
///   batch_norm, add (- relu)                         ->  mul_quant, add
///   avg_pool, global_avg_pool (- relu)               ->  int_sum_pool, mul_quant; or avg_pool
///   max_pool, relu, flatten                          ->  the same on codes
///   concat                                           ->  mul_quant of unequal operands, concat
///   batch_matmul (- scale) (- add_constant ..)       ->  int_batch_matmul, (constant,) mul_quant
///   (mask_scores -) softmax                          ->  softmax of codes, times a factor
///   reshape, transpose, slice, roll                  ->  the same, of codes or of reals
///   layer_norm, gelu, tanh, embedding, class_token,
///   constants and scales on their own; ops that are
///   skipped, or lack a quantizer                     ->  dequantize, float op, quantize
///
/// Between two ops on the host are reals. A constant behind scores (a relative position bias, a
/// window mask) is the residual of their requantisation, in codes of 16 bits. A mask of 0 and 1 is
/// the second operand of the softmax. What linear ops take, and give, may have a scale per token:
/// the mul_quant then has constants per token.
///
/// Integer ops keep the float op's name, requantisations add ".quant" (of an operand
/// ".operandI.quant", of a concatenation's ".inI.quant"). Only tensors without a quantizer are
/// fused away. An addition is hosted by the operand whose convolution comes last; the other operand
/// is its residual. The result has passed `check_network`. Throws InputError naming the op that
/// cannot be an integer op and why; with `scale.is_strict` also where a scale becomes 0 or
/// saturates.
FusedNetwork fuse(const EncodedNetwork& encoded, const FuseOptions& options = {},
                  const CheckOptions& check = {});

}  // namespace systole
