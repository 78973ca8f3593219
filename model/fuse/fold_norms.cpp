// fold_norms.cpp: a float network whose batch norms have become weights and biases.
#include "model/fuse/fold_norms.h"

#include <map>
#include <string>

#include "model/fuse/fold_norm.h"
#include "model/fuse/groups.h"
#include "model/network/float_params.h"

namespace systole {
namespace {

FloatNode folded(const FloatNode& product, const BatchNorm& norm) {
  FloatNode node = product;
  FloatTensor& weight = weight_of(node.op);
  const FloatTensor old_bias = bias_of(node.op);
  FloatTensor bias(Shape{weight.channels()});
  for (std::int64_t c = 0; c < weight.channels(); ++c) {
    const double before = old_bias.shape.empty() ? 0.0 : static_cast<double>(old_bias[c]);
    const ChannelAffine affine = affine_of(&norm, before, c);
    bias[c] = static_cast<float>(affine.offset);
    for (std::int64_t i = c; i < weight.size(); i += weight.channels())
      weight[i] = static_cast<float>(static_cast<double>(weight[i]) * affine.gain);
  }
  bias_of(node.op) = std::move(bias);
  return node;
}

}  // namespace

FloatNetwork fold_norms(const FloatNetwork& network) {
  std::map<std::string, const FloatNode*> norm_of;  // By product.
  std::map<std::string, std::string> renamed;       // Norm -> product.
  for (const Group& group : find_groups(network))
    if (group.norm != nullptr) {
      norm_of[group.head->name] = group.norm;
      renamed[group.norm->name] = group.head->name;
    }
  FloatNetwork result = network;
  result.nodes.clear();
  for (const FloatNode& node : network.nodes) {
    if (renamed.contains(node.name)) continue;
    const auto norm = norm_of.find(node.name);
    FloatNode kept =
        norm == norm_of.end() ? node : folded(node, std::get<BatchNorm>(norm->second->op));
    for (std::string& input : kept.inputs)
      if (const auto found = renamed.find(input); found != renamed.end()) input = found->second;
    result.nodes.push_back(std::move(kept));
  }
  for (std::string& output : result.outputs)
    if (const auto found = renamed.find(output); found != renamed.end()) output = found->second;
  return result;
}

}  // namespace systole
