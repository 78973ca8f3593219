// smaller_op.h: an op with less of something, for ops that are no matrices.
#pragma once

#include "flows/fuzz/fuzz_case.h"
#include "sim/check/fewest.h"

namespace systole {

/// What an op can have less of.
enum class OpAxis {
  kBatch,
  kRows,      ///< Of the images.
  kColumns,   ///< Likewise.
  kChannels,  ///< Of the output; of a grouped convolution: its groups.
  kInputs,    ///< Channels that a dense convolution sums over.
  kKernelRows,
  kKernelColumns,
};
inline constexpr OpAxis kOpAxes[] = {OpAxis::kBatch,        OpAxis::kRows,   OpAxis::kColumns,
                                     OpAxis::kChannels,     OpAxis::kInputs, OpAxis::kKernelRows,
                                     OpAxis::kKernelColumns};

/// The extent of an op over images (a convolution or pool) along `axis`; 1 where it has none.
std::int64_t extent(const FuzzOp& op, OpAxis axis);

/// The op with these indices of `axis` only; its residual is cut (or filled with 0) to the new
/// output. It may not fit any more: `is_legal` tells.
FuzzOp with_part(const FuzzOp& op, OpAxis axis, const Indices& kept);

/// The window of a convolution or pool; null of other ops.
Window* window_of(FuzzOp& op);

/// Gives the residual the shape of the op's output: cut, or filled with 0.
void fit_residual(FuzzOp& op);

}  // namespace systole
