// fuse.h: turns a float network into the integer network that hardware computes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/network/check.h"
#include "model/network/network.h"
#include "model/quant/calibrate.h"
#include "model/quant/recipe.h"

namespace systole {

/// What the conversion of one op's real scales to integers cost.
struct ScaleReport {
  std::string op;
  double largest_error = 0;  ///< max over channels of |s 2^-f / s_real - 1|, residual too.
};

struct FusedNetwork {
  IntNetwork network;
  std::vector<ScaleReport> scales;                 ///< One per requantisation, in order.
  std::map<std::string, std::string> float_names;  ///< Integer op -> float op of the same values.
};

/// Quantises and fuses (model/README.md, Fusion):
///
///   conv2d | linear (- batch_norm) (- add) (- relu)  ->  int_conv2d | int_matmul, mul_quant
///   batch_norm, add (- relu)                         ->  mul_quant, add
///   avg_pool, global_avg_pool (- relu)               ->  int_sum_pool, mul_quant; or avg_pool
///   max_pool, relu, flatten                          ->  the same on codes
///   concat                                           ->  mul_quant of unequal operands, concat
///
/// Integer ops keep the float op's name, requantisations add ".quant". An addition is hosted by the
/// operand whose convolution comes last; the other operand is its residual. `ranges` are those of
/// `calibrate`. Inputs keep their own quantizer. The result has passed `check_network`. Throws
/// InputError naming the op that cannot be quantised and why.
FusedNetwork fuse(const FloatNetwork& network, const RealRanges& ranges,
                  const QuantizeRecipe& recipe, const CheckOptions& check = {});

}  // namespace systole
