// sqnr.h: how close the integer path stays to the float path.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/network/batch.h"
#include "model/network/network.h"

namespace systole {

/// One integer op against the float op whose values it stands for.
struct PathDifference {
  std::string op;        ///< In the integer network.
  std::string float_op;  ///< In the float network.
  double sqnr_db = 0;    ///< 10 log10(sum x^2 / sum (x - y)^2); infinite when equal.
  double max_error = 0;  ///< Largest |x - y|, in reals.
};

/// Both paths over the same input codes, in chunks: every integer op that `float_names` maps to a
/// float op, in order.
struct PathComparison {
  std::vector<PathDifference> ops;
  std::map<std::string, FloatTensor> float_outputs;  ///< By name, all samples.
  std::map<std::string, FloatTensor> int_outputs;    ///< Dequantised, all samples.
};
PathComparison compare_paths(const FloatNetwork& float_network, const IntNetwork& int_network,
                             const std::map<std::string, std::string>& float_names,
                             const IntTensors& codes);

/// Index of the largest element of every sample of [n, classes], the first of equals.
std::vector<std::int32_t> top1(const FloatTensor& logits);

/// The share of `labels` that `top1` finds, in [0, 1].
double top1_accuracy(const FloatTensor& logits, const std::vector<std::int32_t>& labels);

}  // namespace systole
