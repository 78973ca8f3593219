// sqnr.cpp: how close the integer path stays to the float path.
#include "model/quant/sqnr.h"

#include <algorithm>
#include <cassert>

#include "model/network/execute.h"
#include "model/quant/energy.h"

namespace systole {
namespace {

constexpr std::int64_t kChunk = 16;  ///< Samples in memory at a time.

void add_all(Energy& energy, const FloatTensor& real, const FloatTensor& quantised) {
  assert(real.size() == quantised.size());
  for (std::int64_t i = 0; i < real.size(); ++i)
    add_pair(energy, static_cast<double>(real[i]), static_cast<double>(quantised[i]));
}

void append(FloatTensor& all, const FloatTensor& chunk) {
  if (all.shape.empty()) {
    all = chunk;
    return;
  }
  all.shape[0] += chunk.shape[0];
  all.data.insert(all.data.end(), chunk.data.begin(), chunk.data.end());
}

}  // namespace

PathComparison compare_paths(const FloatNetwork& float_network, const IntNetwork& int_network,
                             const std::map<std::string, std::string>& float_names,
                             const IntTensors& codes) {
  const std::int64_t count =
      check_inputs(AnyTensors(codes.begin(), codes.end()), int_network.inputs);
  std::map<std::string, Quantization> quantizations;
  for (const NetworkInput& input : int_network.inputs)
    quantizations[input.name] = input.quantization;
  for (const IntNode& node : int_network.nodes) quantizations[node.name] = node.output;

  PathComparison result;
  std::map<std::string, Energy> energies;
  for (std::int64_t first = 0; first < count; first += kChunk) {
    const IntTensors chunk = slice_batch(codes, first, std::min(kChunk, count - first));
    FloatTensors reals;
    const auto keep = [&](const FloatNode& node, const FloatTensor& y) { reals[node.name] = y; };
    for (const auto& [name, tensor] :
         run_float(float_network, dequantize_inputs(chunk, float_network.inputs), keep))
      append(result.float_outputs[name], tensor);
    const auto judge = [&](const IntNode& node, const AnyTensor& y) {
      const auto name = float_names.find(node.name);
      if (name != float_names.end())
        add_all(energies[node.name], reals.at(name->second), dequantize(integers(y), node.output));
    };
    for (const auto& [name, tensor] :
         run_integer(int_network, AnyTensors(chunk.begin(), chunk.end()), judge))
      append(result.int_outputs[name], dequantize(integers(tensor), quantizations.at(name)));
  }
  for (const IntNode& node : int_network.nodes)
    if (const auto found = energies.find(node.name); found != energies.end())
      result.ops.push_back(
          {node.name, float_names.at(node.name), sqnr_db(found->second), found->second.max_error});
  return result;
}

std::vector<std::int32_t> top1(const FloatTensor& logits) {
  const std::int64_t classes = logits.channels();
  std::vector<std::int32_t> winners;
  for (std::int64_t row = 0; row < logits.rows(); ++row) {
    const auto begin = logits.data.begin() + row * classes;
    winners.push_back(static_cast<std::int32_t>(std::max_element(begin, begin + classes) - begin));
  }
  return winners;
}

double top1_accuracy(const FloatTensor& logits, const std::vector<std::int32_t>& labels) {
  const std::vector<std::int32_t> winners = top1(logits);
  assert(winners.size() == labels.size() && !labels.empty());
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) right += winners[i] == labels[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

}  // namespace systole
