// job.cpp: groups ops into jobs by the types of their operands.
#include "sim/schedule/job.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "model/network/ranges.h"

namespace systole {
namespace {

constexpr IntRange kArrayOperand = {-256, 255};
constexpr IntRange kStreamOperand = {-32768, 32767};
constexpr IntRange kResidualOperand = {-65536, 65535};

bool within(const IntRange& inner, const IntRange& outer) {
  return outer.lo <= inner.lo && inner.hi <= outer.hi;
}

std::string misfit(const std::string& what, const IntRange& got, const IntRange& limit) {
  return fmt::format("{} is in [{}, {}], the design takes [{}, {}]", what, got.lo, got.hi, limit.lo,
                     limit.hi);
}

IntRange weight_range(const IntTensor& weight) {
  IntRange range;
  for (std::int32_t w : weight.data) {
    range.lo = std::min<std::int64_t>(range.lo, w);
    range.hi = std::max<std::int64_t>(range.hi, w);
  }
  return range;
}

bool has_zero_point(const IntOp& op) {
  const auto* conv = std::get_if<IntConv2d>(&op);
  const auto* matmul = std::get_if<IntMatmul>(&op);
  return (conv && conv->input_zero_point != 0) || (matmul && matmul->input_zero_point != 0);
}

/// Why the array cannot compute the product with this input; empty when it can.
std::string product_misfit(const IntNode& node, IntRange x) {
  if (const auto* pool = std::get_if<IntSumPool>(&node.op)) {
    x.lo -= pool->zero_point;
    x.hi -= pool->zero_point;
  }
  if (has_zero_point(node.op)) return "its input zero point is not folded into a bias; lower it";
  if (!within(x, kArrayOperand)) return misfit("input " + node.inputs[0], x, kArrayOperand);
  const IntTensor* weight = nullptr;
  if (const auto* conv = std::get_if<IntConv2d>(&node.op)) weight = &conv->weight;
  if (const auto* matmul = std::get_if<IntMatmul>(&node.op)) weight = &matmul->weight;
  const IntRange w = weight ? weight_range(*weight) : IntRange{0, 1};
  return within(w, kArrayOperand) ? "" : misfit("weight", w, kArrayOperand);
}

bool is_product(const IntNode& node) {
  return std::holds_alternative<IntConv2d>(node.op) || std::holds_alternative<IntMatmul>(node.op) ||
         std::holds_alternative<IntSumPool>(node.op);
}

/// Why the lanes cannot compute the op from operands of these ranges; empty when they can.
std::string quant_misfit(const IntNode& node, const MulQuant& quant, const Ranges& ranges,
                         const Geometry& geometry) {
  const std::int64_t limit = std::int64_t{1} << (geometry.scale_bits - 1);
  for (const MulQuantChannel& channel : quant.channels)
    for (const std::int64_t scale : {channel.scale, channel.residual_scale})
      if (scale < -limit || scale >= limit)
        return fmt::format("scale {} needs more than the design's {} bits", scale,
                           geometry.scale_bits);
  if (node.inputs.size() < 2) return "";
  const IntRange residual = ranges.at(node.inputs[1]);
  return within(residual, kResidualOperand)
             ? ""
             : misfit("residual " + node.inputs[1], residual, kResidualOperand);
}

std::string host_reason(const IntOp& op) {
  if (std::holds_alternative<IntFlatten>(op) || std::holds_alternative<IntConcat>(op))
    return "moves data only";
  return "the design has no unit for it";
}

}  // namespace

const MulQuant* quant_of(const IntNode& node) {
  if (const auto* quant = std::get_if<MulQuant>(&node.op)) return quant;
  if (const auto* add = std::get_if<IntAdd>(&node.op)) return &add->quant;
  return nullptr;
}

Plan plan_jobs(const IntNetwork& network, const Geometry& geometry) {
  const Ranges ranges = value_ranges(network);
  std::map<std::string, const IntNode*> products;
  std::set<std::string> quantised;
  Plan plan;

  for (const IntNode& node : network.nodes) {
    if (is_product(node)) {
      std::string reason = product_misfit(node, ranges.at(node.inputs[0]));
      if (reason.empty())
        products[node.name] = &node;
      else
        plan.host.push_back({&node, std::move(reason)});
    } else if (const MulQuant* quant = quant_of(node)) {
      const auto product = products.find(node.inputs[0]);
      const IntRange input = ranges.at(node.inputs[0]);
      std::string reason = quant_misfit(node, *quant, ranges, geometry);
      if (reason.empty() && product == products.end() && !within(input, kStreamOperand))
        reason = misfit("input " + node.inputs[0], input, kStreamOperand);
      if (!reason.empty()) {
        plan.host.push_back({&node, std::move(reason)});
        continue;
      }
      plan.jobs.push_back({product == products.end() ? nullptr : product->second, &node});
      if (product != products.end()) quantised.insert(node.inputs[0]);
    } else {
      plan.host.push_back({&node, host_reason(node.op)});
    }
  }
  for (const auto& [name, node] : products)
    if (!quantised.contains(name)) plan.jobs.push_back({node, nullptr});
  return plan;
}

}  // namespace systole
