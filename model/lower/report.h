// report.h: how a lowered network differs from the faithful one, measured on inputs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/lower/lower.h"
#include "model/network/batch.h"

namespace systole {

/// One lowered op against the faithful tensor that it stands for, from identical operands.
struct LoweredOp {
  std::string op;
  std::string kind;      ///< "mul_quant", ...
  std::string faithful;  ///< The op whose tensor it stands for ...
  std::string from;      ///< ... and its kind: "requantise (gemmlowp)", "relu", ...
  std::int64_t compared = 0;
  std::int64_t differing = 0;
  std::int64_t largest = 0;           ///< Largest difference, in codes of the lowered tensor.
  double sqnr_db = 0;                 ///< 10 log10(sum x^2 / sum (x - y)^2) of reals.
  std::optional<double> scale_error;  ///< Relative; of a requantisation.
};

/// The networks' outputs, each network run from the inputs to the end.
struct LoweredOutput {
  std::string faithful, lowered;
  std::int64_t samples = 0;
  std::int64_t top1_equal = 0;  ///< Samples with the largest element at the same place.
  std::int64_t compared = 0;
  std::int64_t differing = 0;  ///< In codes of the lowered tensor.
  std::int64_t largest = 0;
};

/// MACs of one sample, and those of products that are not kept on the host.
struct LoweredMacs {
  std::int64_t all = 0;
  std::int64_t lowered = 0;

  /// 100 where there are none.
  double percent() const;
};

struct LowerReport {
  std::string network;
  std::vector<LoweredOp> ops;
  std::vector<LoweredOutput> outputs;
  LoweredMacs macs;
  std::size_t op_count = 0;  ///< Of the lowered network.
  std::vector<KeptOp> kept;

  std::int64_t compared() const;
  double worst_scale_error() const;
};

/// Runs both networks on `inputs` (batch first), a few samples at a time. Each lowered op gets the
/// faithful run's tensors, converted as `lowered.meanings` says; operands without counterpart are
/// computed from theirs. Reals are compared as the codes that they round to. Throws InputError when
/// the inputs do not fit, or nothing could be compared.
LowerReport compare_lowered(const IntNetwork& faithful, const Lowered& lowered,
                            const AnyTensors& inputs);

LoweredMacs count_lowered_macs(const Lowered& lowered);

}  // namespace systole
