// check.cpp: proves before a run that no integer of a network can overflow.
#include "model/network/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/config/error.h"
#include "model/network/op_name.h"
#include "model/network/overloaded.h"
#include "model/network/quant_check.h"
#include "model/network/ranges.h"
#include "model/network/shapes.h"
#include "model/ops/int_matmul.h"
#include "model/ops/sum_pool.h"

namespace systole {
namespace {

constexpr IntType kProductOperand = {.bits = 17};
constexpr IntType kProductWeight = {.bits = 9};
constexpr IntType kAccumulator = {.bits = 32};
constexpr const char* kNarrower = "use narrower operands";

struct Operand {
  IntRange range;
  Quantization quantization;
};

/// Checks of one op; `key` names it in complaints.
struct OpCheck {
  const IntNode& node;
  const std::vector<Operand>& operands;
  IntRange output;
  const CheckOptions& options;
  std::string key;

  void operator()(const IntConv2d& op) const {
    const IntRange x = array_operand(op, operands[0].range);
    expect_product_operands(x, op.weight);
    expect_sum(int_conv2d_bound(op.weight, x));
  }
  void operator()(const IntMatmul& op) const {
    const IntRange x = array_operand(op, operands[0].range);
    expect_product_operands(x, op.weight);
    expect_sum(int_matmul_bound(op.weight, x));
  }
  void operator()(const MulShift& op) const {
    check_shift(key, op.channels, largest_magnitude(operands[0].range));
  }
  void operator()(const MulQuant& op) const {
    const bool has_residual = operands.size() > 1;
    const IntRange none = {0, 0};
    check_quant(key, op, accumulator(), has_residual ? operands[1].range : none, node.output.type);
  }
  void operator()(const IntAdd& op) const {
    expect_range(operands[0].range, kQuantOperand, "operand");
    check_quant(key, op.quant, accumulator(), operands[1].range, node.output.type);
  }
  void operator()(const IntSumPool& op) const {
    expect_sum(sum_pool_bound(op.window, operands[0].range, op.zero_point));
  }
  void operator()(const IntAvgPool& op) const {
    const std::int64_t bound = sum_pool_bound(op.window, operands[0].range, op.zero_point);
    expect_accumulator(bound, kNarrower);
    for (const auto& [count, quant] : op.quant_by_count)
      check_quant(key, quant, bound, {0, 0}, node.output.type);
  }
  void operator()(const IntConcat&) const {
    for (const Operand& operand : operands) {
      const Quantization& first = operands[0].quantization;
      const Quantization& other = operand.quantization;
      if (other.scale != first.scale || other.zero_point != first.zero_point)
        throw error(fmt::format("operands of scale {} and {}, zero point {} and {}", first.scale,
                                other.scale, first.zero_point, other.zero_point),
                    "one scale and zero point", "a mul_quant in front brings an operand there");
    }
  }
  void operator()(const IntBatchMatmul&) const {
    expect_accumulator(largest_magnitude(output), kNarrower);
  }
  void operator()(const IntMul&) const { expect_accumulator(largest_magnitude(output), kNarrower); }
  void operator()(const Lookup& op) const {
    const IntRange known = {op.lowest, op.lowest + op.table.size() - 1};
    if (!known.contains(operands[0].range.lo) || !known.contains(operands[0].range.hi))
      throw error(range_text("codes", operands[0].range), range_text("codes", known),
                  "a table with an entry for every code");
  }
  void operator()(const Requantise& op) const {
    std::int64_t bias = 0;
    for (const std::int64_t b : op.bias) bias = std::max(bias, std::abs(b));
    expect_accumulator(accumulator() + std::abs(std::int64_t{op.input_zero_point}) + bias,
                       kNarrower);
    if (op.residual)
      expect_range(minus(operands[1].range, op.residual->zero_point), kQuantOperand,
                   "residual codes less their zero point");
  }
  void operator()(const RequantiseAdd& op) const {
    const bool is_shifted = std::holds_alternative<GemmlowpAdd>(op.rule);
    const IntType type = {.bits = is_shifted ? 11 : 17};
    expect_range(minus(operands[0].range, op.zero_point_a), type, "operands less zero points");
    expect_range(minus(operands[1].range, op.zero_point_b), type, "operands less zero points");
  }
  void operator()(const GemmlowpSoftmax&) const {
    const IntRange x = operands[0].range;
    expect_range({0, x.hi - x.lo}, {.bits = 9}, "differences");
  }
  void operator()(const SplitCodes& op) const {
    expect_range(minus(operands[0].range, op.zero_point), kProductOperand, "codes");
  }
  void operator()(const JoinSums&) const { expect_sum(largest_magnitude(output)); }
  void operator()(const ILayerNorm&) const {
    expect_range(operands[0].range, kQuantOperand, "operand");
  }
  void operator()(const ItaMax& op) const {
    const IntRange x = operands[0].range, codes = ita_max_range(op);
    if (x.hi - x.lo > codes.hi)
      throw error(range_text("codes", x), fmt::format("codes that differ by {} at most", codes.hi),
                  "a mul_quant in front clamps them");
  }
  void operator()(const IGelu&) const { expect_accumulator(largest_magnitude(output), kNarrower); }
  void operator()(const auto&) const {}  // Cannot overflow.

 private:
  /// A wrapped accumulator still fits 32 bits.
  std::int64_t accumulator() const {
    return std::min(largest_magnitude(operands[0].range), std::int64_t{1} << 31);
  }

  void expect_product_operands(const IntRange& x, const IntTensor& weight) const {
    expect_range(x, kProductOperand, "activations");
    const auto [lowest, highest] = std::minmax_element(weight.data.begin(), weight.data.end());
    expect_range({*lowest, *highest}, kProductWeight, "weights");
  }

  void expect_range(const IntRange& got, const IntType& type, const std::string& what) const {
    const IntRange range = type.range();
    if (!range.contains(got.lo) || !range.contains(got.hi))
      throw error(range_text(what, got),
                  fmt::format("{} bits signed, [{}, {}]", type.bits, range.lo, range.hi),
                  "quantise them to fewer bits");
  }

  /// A sum of the array, which may be allowed to wrap.
  void expect_sum(std::int64_t bound) const {
    if (!options.wrap)
      expect_accumulator(
          bound, "use narrower weights or activations, split the op, or set `overflow: wrap`");
  }

  void expect_accumulator(std::int64_t bound, const std::string& hint) const {
    const std::int64_t limit = kAccumulator.range().hi;
    if (bound > limit)
      throw error(fmt::format("sums up to {}", bound), fmt::format("at most {}", limit), hint);
  }

  static IntRange minus(const IntRange& x, std::int64_t zero_point) {
    return {x.lo - zero_point, x.hi - zero_point};
  }

  static std::string range_text(const std::string& what, const IntRange& range) {
    return fmt::format("{} in [{}, {}]", what, range.lo, range.hi);
  }

  InputError error(const std::string& got, const std::string& expected,
                   const std::string& hint) const {
    return InputError({.where = {}, .key = key, .got = got, .expected = expected, .hint = hint});
  }
};

}  // namespace

void check_network(const IntNetwork& network, const CheckOptions& options) {
  infer_shapes(network, 1);
  const Ranges ranges = value_ranges(network);
  std::map<std::string, Quantization> quantizations;
  for (const NetworkInput& input : network.inputs) quantizations[input.name] = input.quantization;
  for (const IntNode& node : network.nodes) {
    std::vector<Operand> operands;
    for (const std::string& name : node.inputs)
      operands.push_back({ranges.at(name), quantizations.at(name)});
    const std::string key = fmt::format("{} ({})", node.name, op_name(node.op));
    std::visit(OpCheck{node, operands, ranges.at(node.name), options, key}, node.op);
    quantizations[node.name] = node.output;
  }
}

}  // namespace systole
