// fuser.h: the integer network under construction; private to model/fuse/.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "model/fuse/fuse.h"
#include "model/fuse/groups.h"
#include "model/network/shapes.h"
#include "model/ops/fixed_point.h"

namespace systole {

/// An integer tensor that stands for a float tensor.
struct Coded {
  std::string name;
  Quantization quantization;
  IntRange range;  ///< Codes that can occur.
};

/// The codes of 0 and of a ReLU's maximum: [zp, min(hi, zp + rne(max / scale))].
IntRange relu_codes(const Relu& relu, const Quantization& quantization);

/// Emits the integer ops of one group after the other. One file per family of patterns.
class Fuser {
 public:
  Fuser(const FloatNetwork& network, const RealRanges& ranges, const QuantizeRecipe& recipe);

  FusedNetwork run();

 private:
  void emit(const Group& group);

  // fuse_linear.cpp
  void emit_linear(const Group& group, const FloatTensor& weight, const FloatTensor& bias);
  Coded emit_product(const Group& group, const IntTensor& codes);
  void emit_batch_norm(const Group& group, const BatchNorm& norm);
  // fuse_pool.cpp
  void emit_average(const Group& group, const Window& window, bool count_include_pad);
  // fuse_join.cpp
  void emit_add(const Group& group);
  void emit_concat(const Group& group);
  Coded requantised(const Coded& x, const Quantization& target, const std::string& name);

  void emit_relu(const Group& group, const Relu& relu);
  /// Max pools, ReLUs without a producer to fuse with, flatten, pad: codes keep their meaning.
  void emit_on_codes(const Group& group, IntOp op);

  /// What stands for a float tensor that is already emitted.
  const Coded& coded(const std::string& float_name) const { return coded_.at(float_name); }
  /// The quantizer of a group's output, from the range of its tail.
  Quantization output_encoding(const Group& group) const;
  /// Whether `name` ends in a network output, through flatten ops at most.
  bool is_final(const std::string& name) const;
  /// Appends an op; its output's range and, unless declared, meaning follow from the operands.
  Coded append(const std::string& name, const std::vector<Coded>& operands, IntOp op,
               const Quantization& declared = {});
  /// The attributes of a requantisation to `output`, and the constants of `reals`; a ReLU, if any,
  /// is the bounds of its clamp.
  MulQuant make_quant(const std::string& op, std::span<const RealChannel> reals,
                      const OperandBounds& bounds, const Quantization& output, const Relu* relu);
  void define(const Group& group, const Coded& result);

  const FloatNetwork& network_;
  const RealRanges& ranges_;
  const QuantizeRecipe& recipe_;
  Shapes shapes_;
  std::map<std::string, Coded> coded_;  ///< By float name.
  std::set<std::string> names_;
  FusedNetwork result_;
};

}  // namespace systole
