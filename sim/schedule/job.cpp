// job.cpp: groups ops into jobs by the types of their operands.
#include "sim/schedule/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/lower/kept.h"
#include "model/network/ranges.h"
#include "model/network/shapes.h"
#include "sim/schedule/lanes.h"

namespace systole {
namespace {

constexpr const char* kNoLanes = "the design has no MulQuant lanes";
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

/// Why an operand in `got` does not fit the array's `bits` signed; empty when it does.
std::string array_misfit(const std::string& what, const IntRange& got, std::uint32_t bits) {
  const IntRange limit = IntType{.bits = static_cast<int>(bits)}.range();
  return within(got, limit) ? ""
                            : misfit(what, got, limit) + fmt::format(" ({} bits signed)", bits);
}

/// Why the array cannot multiply two activations; empty when it can. Both are operands of the
/// array: the second one stays in the PEs.
std::string batch_product_misfit(const IntNode& node, const IntBatchMatmul& matmul,
                                 const Ranges& ranges, const Geometry& geometry) {
  if (matmul.zero_point_a != 0 || matmul.zero_point_b != 0)
    return "a zero point of its operands is not 0; lower it";
  const std::string reason =
      array_misfit("input " + node.inputs[0], ranges.at(node.inputs[0]), geometry.act_bits);
  return reason.empty() ? array_misfit("input " + node.inputs[1], ranges.at(node.inputs[1]),
                                       geometry.weight_bits)
                        : reason;
}

/// What a sum pool adds: codes in `x` less the zero point, and 0 for padded pixels.
IntRange sum_pool_operand(const IntSumPool& pool, const IntRange& x) {
  return {std::min<std::int64_t>(0, x.lo - pool.zero_point),
          std::max<std::int64_t>(0, x.hi - pool.zero_point)};
}

/// What the product multiplies: codes in `x` with the padded pixels, and its weights.
struct ArrayOperands {
  IntRange x;
  IntRange weight;
};

ArrayOperands array_operands(const IntOp& op, const IntRange& x) {
  if (const auto* conv = std::get_if<IntConv2d>(&op))
    return {array_operand(*conv, x), weight_range(conv->weight)};
  if (const auto* matmul = std::get_if<IntMatmul>(&op))
    return {array_operand(*matmul, x), weight_range(matmul->weight)};
  return {sum_pool_operand(std::get<IntSumPool>(op), x), {0, 1}};
}

bool is_pool(const IntOp& op) {
  return std::holds_alternative<IntSumPool>(op) || std::holds_alternative<IntMaxPool>(op);
}

/// Why the accumulators cannot reduce the pool's input past the array; empty when they can.
std::string pool_misfit(const IntNode& node, const IntRange& x) {
  const auto* sum = std::get_if<IntSumPool>(&node.op);
  const IntRange operand = sum ? sum_pool_operand(*sum, x) : x;
  return within(operand, kStreamOperand)
             ? ""
             : misfit("input " + node.inputs[0], operand, kStreamOperand);
}

/// Why the array or its accumulators cannot compute the product with this input; empty when they
/// can.
std::string product_misfit(const IntNode& node, const Ranges& ranges, const Geometry& geometry) {
  const IntRange x = ranges.at(node.inputs[0]);
  if (const auto* matmul = std::get_if<IntBatchMatmul>(&node.op))
    return batch_product_misfit(node, *matmul, ranges, geometry);
  if (is_pool(node.op) && geometry.has_lanes) return pool_misfit(node, x);
  if (std::holds_alternative<IntMaxPool>(node.op)) return kNoLanes;
  if (has_zero_point(node.op)) return "its input zero point is not folded into a bias; lower it";
  const ArrayOperands operands = array_operands(node.op, x);
  const std::string reason = array_misfit("input " + node.inputs[0], operands.x, geometry.act_bits);
  return reason.empty() ? array_misfit("weight", operands.weight, geometry.weight_bits) : reason;
}

bool is_product(const IntNode& node) {
  return std::holds_alternative<IntConv2d>(node.op) || std::holds_alternative<IntMatmul>(node.op) ||
         std::holds_alternative<IntBatchMatmul>(node.op) || is_pool(node.op);
}

/// Why the lanes cannot compute the op from operands of these ranges; empty when they can. `sums`:
/// its first operand comes from the array.
std::string quant_misfit(const IntNode& node, const Lanes& lanes, const Ranges& ranges,
                         const Geometry& geometry, bool sums) {
  if (!geometry.has_lanes) return kNoLanes;
  std::string reason = lanes_misfit(lanes, geometry);
  if (!reason.empty()) return reason;
  if (node.inputs.size() > 1) {
    const IntRange residual = ranges.at(node.inputs[1]);
    if (!within(residual, kResidualOperand))
      return misfit("residual " + node.inputs[1], residual, kResidualOperand);
  }
  const IntRange input = ranges.at(node.inputs[0]);
  return sums || within(input, kStreamOperand)
             ? ""
             : misfit("input " + node.inputs[0], input, kStreamOperand);
}

std::string host_reason(const IntOp& op) {
  if (const auto* requantise = std::get_if<Requantise>(&op))
    return fmt::format("its rounding is {}'s, which the lanes lack; lower it",
                       kDialectNames[requantise->dialect.index()]);
  const std::string reason = kept_reason(op);
  return reason.empty() ? "the design has no unit for it" : reason;
}

/// The second operand's columns, which are the last axis of the output.
void set_columns(const IntNetwork& network, std::vector<Job>& jobs) {
  const Shapes shapes = infer_shapes(network, 1);
  for (Job& job : jobs)
    if (job.product && std::holds_alternative<IntBatchMatmul>(job.product->op))
      job.columns = shapes.at(job.product->name).back();
}

}  // namespace

Plan plan_jobs(const IntNetwork& network, const Geometry& geometry) {
  const Ranges ranges = value_ranges(network);
  std::map<std::string, const IntNode*> products;
  std::set<std::string> quantised;
  Plan plan;

  for (const IntNode& node : network.nodes) {
    if (is_product(node)) {
      std::string reason = product_misfit(node, ranges, geometry);
      if (reason.empty())
        products[node.name] = &node;
      else
        plan.host.push_back({&node, std::move(reason)});
    } else if (const auto lanes = lanes_of(node.op)) {
      const auto product = products.find(node.inputs[0]);
      std::string reason = quant_misfit(node, *lanes, ranges, geometry, product != products.end());
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
  set_columns(network, plan.jobs);
  // Nodes lie in one list, in execution order.
  std::sort(plan.jobs.begin(), plan.jobs.end(),
            [](const Job& a, const Job& b) { return &a.last() < &b.last(); });
  return plan;
}

}  // namespace systole
