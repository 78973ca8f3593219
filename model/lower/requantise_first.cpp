// requantise_first.cpp: swaps movements of sums and the requantisation behind them.
#include "model/lower/requantise_first.h"

#include <algorithm>
#include <map>
#include <optional>

namespace systole {
namespace {

template <class... Ops>
bool is_one_of(const IntNode& node) {
  return (std::holds_alternative<Ops>(node.op) || ...);
}

bool is_movement(const IntNode& node) {
  return is_one_of<Reshape, Transpose, Slice, Roll, IntFlatten>(node);
}

bool has_one_constant(const Requantise& op) {
  const auto* scale = std::get_if<DoubleScale>(&op.dialect);
  return factor_count(op.dialect) == 1 && op.bias.size() <= 1 && !op.residual &&
         (!scale || scale->offsets.size() <= 1);
}

/// Movements between a product and the requantisation of its sums; numbers of nodes.
struct MovedSums {
  std::size_t product;
  std::vector<std::size_t> movements;  ///< In order, at least one.
};

class Finder {
 public:
  explicit Finder(const IntNetwork& network) : network_(network) {
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
      numbers_[network.nodes[i].name] = i;
      for (const std::string& name : network.nodes[i].inputs) ++uses_[name];
    }
    for (const std::string& name : network.outputs) ++uses_[name];
  }

  std::optional<MovedSums> before(std::size_t number) const {
    const IntNode& node = network_.nodes[number];
    const auto* requantise = std::get_if<Requantise>(&node.op);
    if (!requantise || !has_one_constant(*requantise)) return {};
    MovedSums found{.product = 0, .movements = {}};
    std::string name = node.inputs[0];
    for (auto at = numbers_.find(name); at != numbers_.end(); at = numbers_.find(name)) {
      if (uses_.at(name) != 1) return {};
      const IntNode& producer = network_.nodes[at->second];
      if (is_one_of<IntConv2d, IntMatmul, IntBatchMatmul>(producer)) {
        found.product = at->second;
        std::reverse(found.movements.begin(), found.movements.end());
        return found.movements.empty() ? std::nullopt : std::optional(found);
      }
      if (!is_movement(producer)) return {};
      found.movements.push_back(at->second);
      name = producer.inputs[0];
    }
    return {};
  }

 private:
  const IntNetwork& network_;
  std::map<std::string, std::size_t> numbers_;
  std::map<std::string, int> uses_;
};

}  // namespace

IntNetwork requantise_first(IntNetwork network) {
  std::map<std::size_t, MovedSums> moved;  // By the requantisation.
  const Finder finder(network);
  for (std::size_t i = 0; i < network.nodes.size(); ++i)
    if (auto sums = finder.before(i)) moved[i] = *std::move(sums);

  std::map<std::size_t, IntNode> behind;  // Of a product.
  for (const auto& [number, sums] : moved) {
    IntNode& codes = behind[sums.product] = std::move(network.nodes[number]);
    const std::string name = codes.name;
    codes.name += ".codes";
    codes.inputs = {network.nodes[sums.product].name};
    std::string operand = codes.name;
    for (const std::size_t each : sums.movements) {
      IntNode& movement = network.nodes[each];
      movement.inputs = {operand};
      movement.output = codes.output;
      movement.name = each == sums.movements.back() ? name : movement.name + ".codes";
      operand = movement.name;
    }
  }
  std::vector<IntNode> nodes;
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    if (!moved.contains(i)) nodes.push_back(std::move(network.nodes[i]));
    if (const auto codes = behind.find(i); codes != behind.end())
      nodes.push_back(std::move(codes->second));
  }
  network.nodes = std::move(nodes);
  return network;
}

}  // namespace systole
