// lowering.h: the lowered network under construction; private to model/lower/.
#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "model/lower/lower.h"
#include "model/network/shapes.h"
#include "model/ops/fixed_point.h"

namespace systole {

/// What the array multiplies; wider codes take two passes.
inline bool fits_array(const IntRange& operand) {
  const IntRange codes = IntType{.bits = 9}.range();
  return codes.contains(operand.lo) && codes.contains(operand.hi);
}

/// Integers of the lowered network.
struct Codes {
  std::string name;
  Quantization quantization = {};
  IntRange range = {};                      ///< Values that can occur.
  std::vector<std::int64_t> offsets = {0};  ///< What they hold too much, per channel or for all.
  std::optional<QuantizeReal> rule = {};  ///< How reals become these codes, if they stand for any.
  bool is_joined = false;                 ///< Sums of two passes.
};

/// Reals that no op computes yet: base * scale + offset + residual, per channel, then a ReLU.
struct Affine {
  Codes base;
  std::vector<double> scale = {1.0};  ///< One per channel and token, or one for all.
  std::vector<double> offset = {0.0};
  std::int64_t tokens = 1;              ///< Above 1: constants of one, or of tokens * channels.
  std::optional<Codes> residual = {};   ///< Codes of reals.
  std::optional<IntSumPool> pool = {};  ///< Sums of `base` come first.
  std::set<int> pixel_counts = {};  ///< Where they vary: `scale` is still to be divided by them.
  bool has_relu = false;
  float relu_max = std::numeric_limits<float>::infinity();
};

/// Reals that a host op computes.
struct Reals {
  std::string name;
};

/// What stands for a faithful tensor.
using TensorForm = std::variant<Codes, Affine, Reals>;

/// Whether all that the op does is add integers: scales of 1, no shift.
bool is_bias(const MulShift& op);

/// How a requantisation rounds and where it ends, apart from its constants.
struct QuantForm {
  Rounding rounding = Rounding::kHalfEven;
  std::int32_t zero_point = 0;
  IntRange clamp;
};

/// How reals become codes, and what these are worth.
struct Target {
  QuantizeReal rule;
  Quantization quantization;

  /// Codes per unit of the reals: one, or one per token.
  std::vector<double> steps() const;
  std::int64_t tokens() const { return std::max<std::int64_t>(std::ssize(rule.token_factors), 1); }
  QuantForm form(const Affine& value) const;
};

/// Emits the lowered ops of one faithful op after the other. One file per family of ops.
class Lowering {
 public:
  Lowering(const IntNetwork& faithful, const LowerOptions& options, const Peaks& peaks);

  Lowered run();

 private:
  // lower.cpp
  void visit(const IntNode& node);
  void visit_island(const IntNode& node, const FloatIsland& island);

  // lower_codes.cpp: integers in the arithmetic of other tools; lower_wide.cpp: those of 16 bits.
  template <class Product>
  void visit_product(const IntNode& node, const Product& op);
  /// Codes that need more than the array's 9 bits: in two passes, one for each half of them.
  template <class Product>
  void visit_wide_product(const IntNode& node, const Product& op);
  /// Codes less a zero point in two parts.
  struct Parts {
    Codes high, low;
  };
  const Parts& parts_of(const Codes& x, std::int32_t zero_point);
  bool may_fold_zero_point(const IntNode& node, const IntRange& raw) const;
  void visit_requantise(const IntNode& node, const Requantise& op);
  void keep_gemmlowp(const IntNode& node, Requantise op);
  void visit_requantise_add(const IntNode& node, const RequantiseAdd& op);

  // lower_attention.cpp: products of two activations, and what lies between them.
  void visit_batch_matmul(const IntNode& node, IntBatchMatmul op);
  void visit_score_softmax(const IntNode& node, const ScoreSoftmax& op);
  /// Codes less a zero point, in the array's 9 bits where they fit.
  Codes centred(const Codes& x, std::int32_t zero_point);

  // lower_bias.cpp: biases that are ops of their own.
  void visit_mul_shift(const IntNode& node, const MulShift& op);
  void visit_mul_quant(const IntNode& node, const MulQuant& op);
  /// Whether these are sums of the array, which only requantisations use.
  bool may_fold_bias(const IntNode& node) const;

  // lower_average.cpp: average pools.
  void visit_rounded_average(const IntNode& node, const RoundedAvgPool& op);
  void visit_float_average(const IntNode& node, const Window& window, bool count_include_pad);
  /// One requantisation per number of pixels, of `value.base` * `value.scale` / pixels.
  Codes emit_by_count(const std::string& name, const Affine& value, const Target& target);

  // lower_reals.cpp: reals between integer layers.
  /// x * scale + offset; constants per token as in `Affine`.
  void visit_affine(const IntNode& node, const std::vector<double>& scale,
                    const std::vector<double>& offset, std::int64_t tokens = 1);
  void visit_relu(const IntNode& node, const Relu& op);
  void visit_add(const IntNode& node);
  void visit_quantize(const IntNode& node, const QuantizeReal& op);
  /// An op that commutes with rounding to codes: max pool, pad, flatten, reshape.
  void visit_moving(const IntNode& node, IntOp on_codes);
  /// Whether `faithful` is an affine value that this one user may take over.
  Affine* own_affine(const std::string& faithful);
  Codes emit(const std::string& name, const Affine& value, const Target& target);

  // lower_image.cpp: a first convolution.
  void visit_float_conv(const IntNode& node, const Conv2d& op);
  /// The 9-bit codes of reals that come from the host.
  Codes image_codes(const std::string& faithful);

  // streams.cpp: reals as integers.
  /// The codes of a faithful tensor of reals, emitted now if nothing has needed them yet: those of
  /// the one quantizer that all its users end in, else a stream.
  Codes coded(const std::string& faithful);
  /// The one quantizer that all users of these reals end in, through moving ops.
  const IntNode* sole_quantizer(const std::string& faithful) const;
  /// The largest magnitude that calibration met. Throws InputError when there is none.
  double peak_of(const std::string& faithful) const;
  Target stream_target(const std::string& faithful, bool is_unsigned) const;
  /// The name of the reals of a faithful tensor, dequantised from a stream where nothing has them.
  std::string reals_of(const std::string& faithful);

  // lowering.cpp: what they share.
  bool is_host_real(const std::string& faithful) const;
  bool stands_for_reals(const std::string& faithful) const;
  const Codes& codes(const std::string& faithful) const;
  /// The users of a tensor, once per operand; a network output counts as one that is null.
  const std::vector<const IntNode*>& users(const std::string& faithful) const;
  /// The op as it is, for a reason; reals that it needs come from the host.
  void keep(const IntNode& node, const std::string& reason = "");
  /// Appends an op on integers; its output's range and, unless declared, meaning follow from the
  /// operands.
  Codes append(const std::string& name, const std::vector<Codes>& operands, IntOp op,
               const Quantization& declared = {}, std::int64_t depth = 1);
  void append(IntNode node);
  MulQuant make_quant(const std::string& op, const std::vector<RealChannel>& reals,
                      const OperandBounds& bounds, const QuantForm& form);
  OperandBounds bounds_of(const Codes& acc, const Codes* residual) const;
  void define(const std::string& faithful, TensorForm value);
  void explain(const std::string& lowered, Meaning meaning);

  const IntNetwork& faithful_;
  const LowerOptions& options_;
  const Peaks& peaks_;
  Shapes shapes_;
  std::map<std::string, std::vector<const IntNode*>> users_;
  std::map<std::string, TensorForm> values_;  ///< By faithful name.
  std::map<std::string, Codes> streams_;  ///< Of reals that a host op computes, by faithful name.
  std::map<std::pair<std::string, std::int32_t>, Parts> parts_;    ///< By codes and zero point.
  std::map<std::pair<std::string, std::int32_t>, Codes> centred_;  ///< Likewise.
  std::set<std::string> names_;
  std::map<std::string, std::string> reasons_;  ///< Of kept ops, where they are not the op's own.
  Lowered result_;
};

/// values * 2^-shift.
std::vector<double> scaled(const std::vector<float>& values, int shift);

/// Constants for `tokens` tokens of `channels` channels, from one for all, one per channel, or
/// (token_constants.h) `own_tokens` rows of them; one for all stays one.
std::vector<double> per_token(const std::vector<double>& values, std::int64_t own_tokens,
                              std::int64_t tokens, std::int64_t channels);

/// The only element, or that of the channel.
template <class T>
const T& of_channel(const std::vector<T>& values, std::size_t channel) {
  return values[values.size() == 1 ? 0 : channel];
}

}  // namespace systole
