// round_weights.cpp: roundings of weights that are learned from what their layers give.
#include "model/fuse/round_weights.h"

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/fuse/fold_norm.h"
#include "model/fuse/placement.h"
#include "model/network/execute.h"
#include "model/network/float_params.h"
#include "model/network/parallel.h"
#include "model/network/shapes.h"

namespace systole {
namespace {

constexpr std::int64_t kMostSamples = 512;
constexpr std::int64_t kMostElements = std::int64_t{1} << 26;

std::int64_t sample_count(const FloatNetwork& network, const SampleSource& samples) {
  std::int64_t largest = 1;
  for (const auto& [name, shape] : infer_shapes(network, 1))
    largest = std::max(largest, element_count(shape));
  return std::clamp<std::int64_t>(kMostElements / largest, 1,
                                  std::min(kMostSamples, samples.count));
}

/// The tensors that are alive at one op, for a few samples, on both paths.
struct Chunk {
  FloatTensors floats, fakes;
};

FloatTensor joined(const std::vector<Chunk>& chunks, const FloatTensors Chunk::*path,
                   const std::string& name) {
  FloatTensor all = (chunks.front().*path).at(name);
  for (std::size_t i = 1; i < chunks.size(); ++i) append_batch(all, (chunks[i].*path).at(name));
  return all;
}

/// Walks the network op by op, all samples at a time.
class Walk {
 public:
  Walk(EncodedNetwork& encoded, const std::map<std::string, RoundingOptions>& options,
       const BatchOptions& batches)
      : encoded_(encoded), options_(options), batches_(batches), groups_(fused_groups(encoded)) {
    for (const FloatNode& node : encoded.network.nodes)
      for (const std::string& name : node.inputs) last_use_[name] = &node;
  }

  void run(const SampleSource& samples) {
    FakeQuantNetwork fake(encoded_);
    read(fake, samples, sample_count(encoded_.network, samples));
    for (std::size_t i = 0; i < encoded_.network.nodes.size(); ++i) {
      const FloatNode& node = encoded_.network.nodes[i];
      const auto option = options_.find(node.name);
      if (option != options_.end()) {
        learn(node, option->second, fake);
        fake.network.nodes[i].op = with_quantised_weight(encoded_, node).op;
      }
      step(node, fake.network.nodes[i], fake);
    }
  }

 private:
  void read(const FakeQuantNetwork& fake, const SampleSource& samples, std::int64_t count) {
    for (std::int64_t first = 0; first < count; first += batches_.batch) {
      const std::int64_t size = std::min(batches_.batch, count - first);
      Chunk chunk;
      chunk.floats = real_inputs(samples.read(first, size), encoded_.network.inputs);
      chunk.fakes = chunk.floats;
      for (auto& [name, tensor] : chunk.fakes) fake.filters.tensor(name, tensor);
      chunks_.push_back(std::move(chunk));
    }
  }

  static FloatTensor run_quantised(const FloatNode& node, const FakeQuantNetwork& fake,
                                   const FloatTensors& tensors) {
    std::vector<FloatTensor> changed(node.inputs.size());
    std::vector<const FloatTensor*> operands;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      const FloatTensor& x = tensors.at(node.inputs[k]);
      std::optional<FloatTensor> other = fake.filters.operand(node, k, x);
      if (other) changed[k] = *std::move(other);
      operands.push_back(other ? &changed[k] : &x);
    }
    FloatTensor y = run_op(node, operands);
    fake.filters.tensor(node.name, y);
    return y;
  }

  /// One op on every chunk; tensors that nobody needs any more are freed.
  void step(const FloatNode& node, const FloatNode& fake_node, const FakeQuantNetwork& fake) {
    parallel_for(std::ssize(chunks_), batches_.threads, [&](std::int64_t c) {
      Chunk& chunk = chunks_[static_cast<std::size_t>(c)];
      std::vector<const FloatTensor*> operands;
      for (const std::string& name : node.inputs) operands.push_back(&chunk.floats.at(name));
      chunk.floats[node.name] = run_op(node, operands);
      chunk.fakes[node.name] = run_quantised(fake_node, fake, chunk.fakes);
      for (const std::string& name : node.inputs)
        if (last_use_.at(name) == &node) chunk.floats.erase(name), chunk.fakes.erase(name);
    });
    if (batches_.progress) batches_.progress(0, 0);
  }

  void learn(const FloatNode& node, const RoundingOptions& options, const FakeQuantNetwork& fake) {
    const auto weight = encoded_.weights.find(node.name);
    if (weight == encoded_.weights.end() || weight->second.codes.shape.empty())
      throw InputError(
          {.key = node.name,
           .got = "a weight without integer codes",
           .expected = "an integer quantizer of the weight whose rounding is learned"});
    LayerSamples data;
    data.quantised_input = joined(chunks_, &Chunk::fakes, node.inputs[0]);
    if (const auto edge = encoded_.operands.find({node.name, 0}); edge != encoded_.operands.end())
      data.quantised_input = *fake.filters.operand(node, 0, data.quantised_input);
    data.float_input = joined(chunks_, &Chunk::floats, node.inputs[0]);
    const LayerToRound layer = layer_of(node);
    data.float_output = target_of(node, layer, data.float_input);
    const Rounded rounded =
        adaround(layer, weight->second.encoding, data, options, batches_.threads);
    weight->second.codes = rounded.codes;
    encoded_.rounded.push_back({node.name, rounded.nearest_error, rounded.error, rounded.changed});
  }

  LayerToRound layer_of(const FloatNode& node) const {
    LayerToRound layer{.name = node.name, .op = node.op, .gain = {}, .offset = {}};
    for (const Group& group : groups_) {
      if (group.head != &node) continue;
      if (group.norm != nullptr) {
        const auto& norm = std::get<BatchNorm>(group.norm->op);
        for (std::int64_t c = 0; c < norm.gamma.size(); ++c) {
          const ChannelAffine affine = affine_of(&norm, 0.0, c);
          layer.gain.push_back(affine.gain);
          layer.offset.push_back(affine.offset);
        }
      }
      if (const Relu* relu = group.add == nullptr ? group.relu_op() : nullptr)
        layer.range = {0, static_cast<double>(relu->max)};
    }
    return layer;
  }

  /// y of the float network, which runs op by op as `layer` describes it.
  FloatTensor target_of(const FloatNode& node, const LayerToRound& layer, const FloatTensor& x) {
    FloatTensor y = run_op(node, {&x});
    const std::int64_t channels = y.channels();
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const auto c = static_cast<std::size_t>(i % channels);
      double value = static_cast<double>(y[i]);
      if (!layer.gain.empty()) value = layer.gain[c] * value + layer.offset[c];
      y[i] = static_cast<float>(std::clamp(value, layer.range.lo, layer.range.hi));
    }
    return y;
  }

  EncodedNetwork& encoded_;
  const std::map<std::string, RoundingOptions>& options_;
  const BatchOptions& batches_;
  std::vector<Group> groups_;
  std::map<std::string, const FloatNode*> last_use_;
  std::vector<Chunk> chunks_;
};

}  // namespace

void round_weights(EncodedNetwork& encoded, const std::map<std::string, RoundingOptions>& options,
                   const SampleSource& samples, const BatchOptions& batches) {
  if (!options.empty()) Walk(encoded, options, batches).run(samples);
}

}  // namespace systole
