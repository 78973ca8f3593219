// quant_report.cpp: what quantisation decided for every op, and what it cost.
#include "model/fuse/quant_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/network/float_params.h"
#include "model/network/overloaded.h"
#include "model/quant/fake_quantize.h"

namespace systole {
namespace {

std::string text_of(const Granularity& granularity) {
  return std::visit(
      Overloaded{[](const PerTensor&) { return std::string("tensor"); },
                 [](const PerChannel& g) { return fmt::format("channel {}", g.axis); },
                 [](const PerToken& g) { return fmt::format("token {}", g.axis); },
                 [](const Blocks& g) { return "blocks " + to_string(g.sizes); }},
      granularity);
}

int bits_of(const Encoding& encoding) {
  if (const auto* format = std::get_if<IntFormat>(&encoding.spec.format)) return format->bits;
  const auto& floats = std::get<FloatFormat>(encoding.spec.format);
  return 1 + floats.exponent_bits + floats.mantissa_bits;
}

const FloatNode* find_float(const EncodedNetwork& encoded, const std::string& name) {
  for (const FloatNode& node : encoded.network.nodes)
    if (node.name == name) return &node;
  return nullptr;
}

/// The weight of the product that `node` requantises.
void add_weight(const IntNode& node, const EncodedNetwork& encoded, OpReport& op) {
  if (node.inputs.empty()) return;
  const std::string& product = node.inputs[0];
  const auto weight = encoded.weights.find(product);
  const FloatNode* head = find_float(encoded, product);
  if (weight == encoded.weights.end() || head == nullptr) return;
  const FloatTensor& reals = weight_of(head->op);
  const IntTensor& codes = weight->second.codes;
  op.weight = report_tensor(product + ".weight", encoded, weight->second.encoding);
  op.weight->elements = reals.size();
  op.weight->clipped = count_clipped(reals, weight->second.encoding);
  const FloatNode held = with_quantised_weight(encoded, *head);
  op.weight_zeros =
      std::count(weight_of(held.op).data.begin(), weight_of(held.op).data.end(), 0.0F);
  op.weight_bytes = (codes.size() * bits_of(weight->second.encoding) + 7) / 8;
  for (const RoundedLayer& layer : encoded.rounded)
    if (layer.op == product) op.rounded = layer;
}

}  // namespace

TensorReport report_tensor(const std::string& name, const EncodedNetwork& encoded,
                           const Encoding& encoding) {
  TensorReport report{.name = name,
                      .format = to_string(encoding.spec.format),
                      .granularity = text_of(encoding.spec.granularity),
                      .groups = encoding.scale.size()};
  if (const auto found = encoded.methods.find(encoding.name); found != encoded.methods.end())
    report.method = found->second;
  const Tensor<double> all = steps(encoding);
  const auto* floats = std::get_if<FloatFormat>(&encoding.spec.format);
  for (std::int64_t g = 0; g < all.size(); ++g) {
    const IntRange codes = floats == nullptr ? code_range(encoding) : IntRange{};
    const std::int32_t zero = encoding.zero_point[g];
    const double lo = floats ? -floats->largest() : static_cast<double>(codes.lo - zero);
    const double hi = floats ? floats->largest() : static_cast<double>(codes.hi - zero);
    report.lo = std::min(report.lo, lo * all[g]);
    report.hi = std::max(report.hi, hi * all[g]);
  }
  return report;
}

QuantReport make_report(const EncodedNetwork& encoded, const FusedNetwork& fused,
                        const PathComparison& paths, const std::map<std::string, Energy>& costs) {
  QuantReport report;
  std::map<std::string, const IntNode*> nodes;
  for (const IntNode& node : fused.network.nodes) nodes[node.name] = &node;
  for (const PathDifference& difference : paths.ops) {
    OpReport op{.op = difference.op, .float_op = difference.float_op, .paths = difference};
    add_weight(*nodes.at(op.op), encoded, op);
    if (const auto found = encoded.tensors.find(op.float_op); found != encoded.tensors.end()) {
      op.output = report_tensor(op.float_op, encoded, found->second);
      op.output->elements = difference.elements;
      op.output->clipped = difference.clipped;
    }
    for (const ScaleReport& scales : fused.scales)
      if (scales.op == op.op) op.has_scales = true, op.scales = scales;
    if (const auto cost = costs.find(op.op); cost != costs.end()) op.scale_cost = cost->second;
    if (op.weight) report.weights += op.weight->elements;
    report.weight_zeros += op.weight_zeros;
    report.weight_bytes += op.weight_bytes;
    report.ops.push_back(std::move(op));
  }
  for (const ScaleReport& scales : fused.scales) {
    if (scales.zeros > 0)
      report.warnings.push_back(fmt::format("{}: {} of {} scales become 0", scales.op, scales.zeros,
                                            scales.reals.size()));
    if (scales.saturated > 0)
      report.warnings.push_back(fmt::format("{}: {} of {} scales saturate", scales.op,
                                            scales.saturated, scales.reals.size()));
  }
  return report;
}

}  // namespace systole
