// quant_report.h: what quantisation decided for every op, and what it cost.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/fuse/fuse.h"
#include "model/quant/energy.h"
#include "model/quant/paths.h"

namespace systole {

/// One quantizer and what it did to its tensor.
struct TensorReport {
  std::string name;         ///< Of the tensor: a float op's, or "OP.weight".
  std::string format;       ///< "int8 (narrow)", "uint8", "float E4M3".
  std::string granularity;  ///< "tensor", "channel 3", "token 1", "blocks [1, 16]".
  std::string method;       ///< "minmax", "mse, adaround", "given".
  double lo = 0, hi = 0;    ///< Reals of the outermost codes, over all groups.
  std::int64_t groups = 1;
  std::int64_t elements = 0;
  std::int64_t clipped = 0;  ///< Beyond what the codes hold.
};

struct OpReport {
  std::string op;        ///< Of the integer network, such as "conv1.quant".
  std::string float_op;  ///< The last float op that it computes.
  std::optional<TensorReport> weight;
  std::int64_t weight_zeros = 0;
  std::int64_t weight_bytes = 0;  ///< Packed at the codes' width.
  std::optional<RoundedLayer> rounded;
  std::optional<TensorReport> output;  ///< Not of ops that pass codes on.
  bool has_scales = false;             ///< Whether the op requantises.
  ScaleReport scales = {};
  std::optional<Energy> scale_cost = {};  ///< `scale_costs`.
  PathDifference paths = {};
};

struct QuantReport {
  std::vector<OpReport> ops;
  std::int64_t samples = 0;
  std::int64_t weights = 0, weight_zeros = 0, weight_bytes = 0;
  std::vector<std::string> warnings;  ///< Scales that became 0 or saturated.
};

/// The quantizer of the tensor `name`; `elements` and `clipped` are the caller's to count.
TensorReport report_tensor(const std::string& name, const EncodedNetwork& encoded,
                           const Encoding& encoding);

QuantReport make_report(const EncodedNetwork& encoded, const FusedNetwork& fused,
                        const PathComparison& paths, const std::map<std::string, Energy>& costs);

}  // namespace systole
