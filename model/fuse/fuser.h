// fuser.h: the integer network under construction; private to model/fuse/.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "model/fuse/fuse.h"
#include "model/fuse/groups.h"
#include "model/fuse/host_ops.h"
#include "model/network/shapes.h"
#include "model/ops/fixed_point.h"

namespace systole {

/// A quantizer with a scale and a zero point per token; empty: one for all.
struct TokenScales {
  std::vector<double> step;
  std::vector<std::int32_t> zero_point;
  std::size_t axis = 0;  ///< Which one holds tokens, the batch not counted.

  /// Rows of constants: tokens, or 1.
  std::size_t rows() const { return step.empty() ? 1 : step.size(); }
};

/// An integer tensor that stands for a float tensor.
struct Coded {
  std::string name;
  Quantization quantization;
  IntRange range;  ///< Codes that can occur.
  TokenScales tokens = {};

  double step(std::size_t row) const {
    return tokens.step.empty() ? quantization.scale : tokens.step[row];
  }
  std::int32_t zero_point(std::size_t row) const {
    return tokens.step.empty() ? quantization.zero_point : tokens.zero_point[row];
  }
};

/// Reals as codes without a zero point.
struct CodedConstant {
  IntTensor codes;
  double step;
};

/// A quantizer on the integer path.
struct CodeTarget {
  Quantization quantization;
  IntRange codes;  ///< Of a narrow range: one code less than the type has.
  TokenScales tokens = {};

  double step(std::size_t row) const {
    return tokens.step.empty() ? quantization.scale : tokens.step[row];
  }
};

/// The codes of 0 and of a ReLU's maximum: [zp, min(hi, zp + rne(max / scale))].
IntRange relu_codes(const Relu& relu, const Quantization& quantization);

/// Emits the integer ops of one group after the other. One file per family of patterns.
class Fuser {
 public:
  Fuser(const EncodedNetwork& encoded, const FuseOptions& options);

  FusedNetwork run();

 private:
  void emit(const Group& group);

  // fuse_linear.cpp
  void emit_linear(const Group& group, const FloatTensor& bias);
  Coded emit_product(const Group& group, const Coded& x, const IntTensor& codes);
  void emit_batch_norm(const Group& group, const BatchNorm& norm);
  // fuse_pool.cpp
  void emit_average(const Group& group, const Window& window, bool count_include_pad);
  // fuse_join.cpp
  void emit_add(const Group& group);
  void emit_concat(const Group& group);
  Coded requantised(const Coded& x, const CodeTarget& target, const std::string& name);
  // fuse_attention.cpp
  void emit_batch_matmul(const Group& group, const BatchMatmul& op);
  /// The chain's constants as a residual operand, of which `batch` says how often; none: nothing.
  std::optional<Coded> emit_constant(const Group& group, const Coded& batch);
  void emit_softmax(const Group& group);
  /// Throws InputError unless the mask's codes are 0 and 1.
  void expect_mask(const Group& group, const Coded& mask, bool is_times) const;
  // fuse_tokens.cpp
  /// As `operand` and `target_of`, which refuse quantizers with a scale per token.
  Coded token_operand(const FloatNode& node, std::size_t index);
  CodeTarget token_target_of(const std::string& name) const;
  /// Rows of constants of a requantisation from `x` [.., tokens, channels] to `output`, which
  /// must have their tokens there. Throws InputError, naming the op.
  std::size_t constant_rows(const FloatNode& node, const Coded& x, const CodeTarget& output) const;
  /// Flatten, reshape, transpose, slice and roll: the scales go where the tokens go.
  void emit_movement(const Group& group, IntOp op);
  // fuse_island.cpp
  /// Whether an op of the group cannot be an integer op: it is skipped, its weight or what it gives
  /// has no quantizer.
  bool is_island(const Group& group) const;
  void emit_island(const FloatNode& node);
  /// Quantises what an island gives where it has a quantizer.
  void quantise_island(const FloatNode& node);
  /// The integer network's op or input that holds the tensor's reals.
  std::string real(const FloatNode& node, std::size_t index);

  void emit_relu(const Group& group, const Relu& relu);
  /// Max pools, ReLUs without a producer to fuse with, flatten, pad: codes keep their meaning.
  void emit_on_codes(const Group& group, IntOp op);

  /// The codes that a node takes as an operand, of one scale; requantised where the edge has a
  /// quantizer.
  Coded operand(const FloatNode& node, std::size_t index);
  /// The quantizer of a group's output, of one scale.
  CodeTarget target_of(const Group& group) const { return target_of(group.tail().name); }
  CodeTarget target_of(const std::string& name) const;
  /// Throws InputError where the integer network has an op of this name already.
  void expect_new_name(const std::string& name);
  /// Appends an op; its output's range and, unless declared, meaning follow from the operands.
  /// `depth` is that of a product of two activations.
  Coded append(const std::string& name, const std::vector<Coded>& operands, IntOp op,
               const Quantization& declared = {}, std::int64_t depth = 1);
  /// The attributes of a requantisation to `output`, and the constants of `reals`; a ReLU, if any,
  /// is the bounds of its clamp.
  MulQuant make_quant(const std::string& op, std::span<const RealChannel> reals,
                      const OperandBounds& bounds, const CodeTarget& output, const Relu* relu);
  /// The requantisation to `output`, whose scales per token the result has.
  Coded append_quant(const std::string& name, const std::vector<Coded>& operands, MulQuant quant,
                     const CodeTarget& output);
  void define(const Group& group, const Coded& result);
  /// The same for ops that pass codes on: requantised where their output has a quantizer.
  void define_passed(const Group& group, const Coded& result);

  const EncodedNetwork& encoded_;
  const FloatNetwork& network_;
  const FuseOptions& options_;
  Shapes shapes_;
  std::vector<Group> groups_;
  GroupPlan plan_;
  std::map<std::string, Coded> coded_;        ///< By float name.
  std::map<Edge, Coded> edges_;               ///< Operands with a quantizer of their own.
  std::map<std::string, std::string> reals_;  ///< Tensors of reals, by float name.
  std::set<std::string> names_;
  FusedNetwork result_;
};

}  // namespace systole
