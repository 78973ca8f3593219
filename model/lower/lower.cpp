// lower.cpp: walks the faithful network.
#include "model/lower/lower.h"

#include <algorithm>
#include <cmath>

#include "model/lower/kept.h"
#include "model/lower/lowering.h"
#include "model/lower/requantise_first.h"
#include "model/network/check.h"
#include "model/network/overloaded.h"
#include "model/network/ranges.h"

namespace systole {
namespace {

/// gain and offset of a batch norm.
std::pair<std::vector<double>, std::vector<double>> affine_of(const BatchNorm& norm) {
  std::pair<std::vector<double>, std::vector<double>> result;
  for (std::int64_t c = 0; c < norm.gamma.size(); ++c) {
    const double sigma =
        std::sqrt(static_cast<double>(norm.variance[c]) + static_cast<double>(norm.epsilon));
    const double gain = static_cast<double>(norm.gamma[c]) / sigma;
    result.first.push_back(gain);
    result.second.push_back(static_cast<double>(norm.beta[c]) -
                            gain * static_cast<double>(norm.mean[c]));
  }
  return result;
}

}  // namespace

void Lowering::visit(const IntNode& node) {
  const bool moves_reals = node.is_float;
  std::visit(
      Overloaded{[&](const IntConv2d& op) { visit_product(node, op); },
                 [&](const IntMatmul& op) { visit_product(node, op); },
                 [&](const MulShift& op) { visit_mul_shift(node, op); },
                 [&](const MulQuant& op) { visit_mul_quant(node, op); },
                 [&](const Requantise& op) { visit_requantise(node, op); },
                 [&](const RequantiseAdd& op) { visit_requantise_add(node, op); },
                 [&](const RoundedAvgPool& op) { visit_rounded_average(node, op); },
                 [&](const QuantizeReal& op) { visit_quantize(node, op); },
                 [&](const FloatMulShift& op) {
                   visit_affine(node, scaled(op.scale, op.shift), scaled(op.bias, op.shift),
                                op.tokens);
                 },
                 [&](const FloatIsland& op) { visit_island(node, op); },
                 [&](const Pad& op) { moves_reals ? visit_moving(node, op) : keep(node); },
                 [&](const Reshape& op) { moves_reals ? visit_moving(node, op) : keep(node); },
                 [&](const IntFlatten& op) { moves_reals ? visit_moving(node, op) : keep(node); },
                 [&](const Transpose& op) { moves_reals ? visit_moving(node, op) : keep(node); },
                 [&](const Slice& op) { moves_reals ? visit_moving(node, op) : keep(node); },
                 [&](const Roll& op) { moves_reals ? visit_moving(node, op) : keep(node); },
                 [&](const IntBatchMatmul& op) { visit_batch_matmul(node, op); },
                 [&](const ScoreSoftmax& op) { visit_score_softmax(node, op); },
                 [&](const auto&) { keep(node); }},
      node.op);
}

void Lowering::visit_island(const IntNode& node, const FloatIsland& island) {
  if (std::holds_alternative<Embedding>(island.op)) return keep(node);  // Ids are integers.
  for (const std::string& input : node.inputs)
    if (!stands_for_reals(input)) return keep(node, "a float op on integers");
  std::visit(
      Overloaded{
          [&](const Conv2d& op) { visit_float_conv(node, op); },
          [&](const Relu& op) { visit_relu(node, op); }, [&](const Add&) { visit_add(node); },
          [&](const MaxPool& op) { visit_moving(node, IntMaxPool{op.window}); },
          [&](const Flatten&) { visit_moving(node, IntFlatten{}); },
          [&](const Pad& op) { visit_moving(node, op); },
          [&](const BatchNorm& op) {
            const auto [gain, offset] = affine_of(op);
            visit_affine(node, gain, offset);
          },
          [&](const AvgPool& op) { visit_float_average(node, op.window, op.count_include_pad); },
          [&](const GlobalAvgPool&) {
            const Shape& x = shapes_.at(node.inputs[0]);
            visit_float_average(node, {.kernel = {x[1], x[2]}}, true);
          },
          [&](const auto&) { keep(node); }},
      island.op);
}

Lowered Lowering::run() {
  for (const IntNode& node : faithful_.nodes) visit(node);
  for (const std::string& output : faithful_.outputs) {
    const auto* affine = std::get_if<Affine>(&values_.at(output));
    if (affine) coded(output);
    const auto* host = std::get_if<Reals>(&values_.at(output));
    result_.network.outputs.push_back(host ? host->name : codes(output).name);
  }
  for (const IntNode& node : result_.network.nodes) {
    const auto special = reasons_.find(node.name);
    const std::string reason = special == reasons_.end() ? kept_reason(node.op) : special->second;
    if (!reason.empty()) result_.kept.push_back({node.name, reason});
  }
  return std::move(result_);
}

Lowered lower(const IntNetwork& faithful, const LowerOptions& options, const Peaks& peaks) {
  const IntNetwork ordered = requantise_first(faithful);
  Lowered lowered = Lowering(ordered, options, peaks).run();
  std::set<std::string> known;
  for (const IntNode& node : faithful.nodes) known.insert(node.name);
  std::erase_if(lowered.meanings, [&](const auto& meaning) {
    return !known.contains(faithful_name(meaning.first, meaning.second));
  });
  check_network(lowered.network, {options.wrap});
  return lowered;
}

bool has_unfit_products(const IntNetwork& network) {
  const Ranges ranges = value_ranges(network);
  return std::any_of(network.nodes.begin(), network.nodes.end(), [&](const IntNode& node) {
    const auto is_wide = [&](const auto& op) {
      return !fits_array(array_operand(op, ranges.at(node.inputs[0])));
    };
    return std::visit(Overloaded{[&](const IntConv2d& op) { return is_wide(op); },
                                 [&](const IntMatmul& op) { return is_wide(op); },
                                 [](const IntBatchMatmul& op) {
                                   return op.zero_point_a != 0 || op.zero_point_b != 0;
                                 },
                                 [](const auto&) { return false; }},
                      node.op);
  });
}

bool needs_lowering(const IntNetwork& network) {
  const auto is_another_tools = [](const IntNode& node) {
    return std::visit(
        Overloaded{
            [](const IntConv2d& op) { return op.input_zero_point != 0; },
            [](const IntMatmul& op) { return op.input_zero_point != 0; },
            [](const MulShift& op) { return is_bias(op); }, [](const Requantise&) { return true; },
            [](const RequantiseAdd&) { return true; }, [](const RoundedAvgPool&) { return true; },
            [](const FloatMulShift&) { return true; }, [](const FloatIsland&) { return true; },
            [](const ScoreSoftmax&) { return true; }, [](const auto&) { return false; }},
        node.op);
  };
  return std::any_of(network.nodes.begin(), network.nodes.end(), is_another_tools) ||
         has_unfit_products(network);
}

}  // namespace systole
