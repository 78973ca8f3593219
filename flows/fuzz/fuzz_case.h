// fuzz_case.h: what the fuzzer tries at once: a few ops, one after the other on one design.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/network/batch.h"
#include "model/network/network.h"
#include "sim/bench/options.h"
#include "sim/check/matrix_case.h"

namespace systole {

/// A tensor that an op reads, batch first, and the type that bounds it.
struct FuzzOperand {
  IntTensor tensor;
  IntType type;
};

/// One command group: accumulators, what the lanes make of them, or both.
struct FuzzOp {
  FuzzOperand x;
  /// int_conv2d, int_matmul, int_batch_matmul, int_sum_pool or max_pool.
  std::optional<IntOp> product;
  std::optional<FuzzOperand> stationary;  ///< Second operand of an int_batch_matmul.
  std::optional<IntOp> quant;             ///< mul_quant, add or requantise.
  IntType quant_type;                     ///< Of the lanes' output.
  std::optional<FuzzOperand> residual;    ///< With a `quant` only.
};

/// Ops that share nothing but the design that they run on.
struct FuzzCase {
  std::size_t design = 0;  ///< Of the fuzzer's list.
  BenchOptions bench;
  bool allow_wrap = false;  ///< Sums may pass 32 bits.
  std::vector<FuzzOp> ops;
};

/// The ops as a network with its inputs. Op i's are named "x<i>", "y<i>" (the second operand of a
/// product of two activations), "residual<i>", "product<i>" and "quant<i>".
struct FuzzNetwork {
  IntNetwork network;
  IntTensors inputs;
};
FuzzNetwork network_of(const std::vector<FuzzOp>& ops);

/// Whether `check_network` takes the ops.
bool is_legal(const FuzzCase& fuzz_case);

/// The kind of op for counts: "int_conv2d", "depthwise int_conv2d", "mul_quant", ...
std::string kind_of(const FuzzOp& op);

/// "depthwise int_conv2d of [1, 5, 4, 6] to [1, 5, 4, 6], mul_quant, residual".
std::string describe(const FuzzOp& op);

/// Sum of the elements of all operands and weights.
std::int64_t count_values(const FuzzCase& fuzz_case);

/// The op as matrices, where it is a product or a stream and its lanes round once: a convolution's
/// patches, its groups block-diagonal, and so the items of a product of two activations. Otherwise
/// a batch becomes rows.
std::optional<MatrixCase> matrices_of(const FuzzOp& op);
FuzzOp op_of(const MatrixCase& matrices);

}  // namespace systole
