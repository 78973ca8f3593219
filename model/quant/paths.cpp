// paths.cpp: the float, fake-quant and integer paths of a network, op by op over the same samples.
#include "model/quant/paths.h"

#include <cassert>
#include <optional>

#include "model/config/error.h"
#include "model/network/execute.h"
#include "model/quant/fake_quantize.h"

namespace systole {
namespace {

using Differences = std::map<std::string, PathDifference>;

/// What one batch shows.
struct BatchResult {
  Differences ops;  ///< By integer op.
  FloatTensors float_outputs, fake_outputs, int_outputs;
};

void add_all(Energy& energy, const FloatTensor& real, const FloatTensor& other) {
  assert(real.size() == other.size());
  for (std::int64_t i = 0; i < real.size(); ++i)
    add_pair(energy, static_cast<double>(real[i]), static_cast<double>(other[i]));
}

void add(PathDifference& all, const PathDifference& more) {
  all.elements += more.elements;
  add_energy(all.integer_to_float, more.integer_to_float);
  add_energy(all.fake_to_float, more.fake_to_float);
  add_energy(all.integer_to_fake, more.integer_to_fake);
  all.exact += more.exact;
  all.clipped += more.clipped;
}

void append(FloatTensors& all, const FloatTensors& batch) {
  for (const auto& [name, tensor] : batch)
    if (const auto [place, is_new] = all.try_emplace(name, tensor); !is_new)
      append_batch(place->second, tensor);
}

/// Everything that batches share.
class Comparer {
 public:
  explicit Comparer(const Paths& paths) : paths_(paths) {
    if (paths.has_fake) fake_.emplace(paths.encoded);
    if (paths.integers == nullptr) return;
    for (const NetworkInput& input : paths.integers->inputs)
      if (!input.is_float) quantizations_[input.name] = input.quantization;
    for (const IntNode& node : paths.integers->nodes) {
      if (!node.is_float) quantizations_[node.name] = node.output;
      if (const auto found = paths.float_names.find(node.name); found != paths.float_names.end())
        by_float_name_[found->second] = node.name;
    }
  }

  BatchResult run(const AnyTensors& batch) const {
    const EncodedNetwork& encoded = paths_.encoded;
    check_inputs(batch, encoded.network.inputs);
    BatchResult result;
    const FloatTensors inputs = real_inputs(batch, encoded.network.inputs);
    FloatTensors reals, fakes;
    result.float_outputs =
        run_float(encoded.network, inputs, [&](const FloatNode& node, const FloatTensor& y) {
          if (by_float_name_.contains(node.name)) reals[node.name] = y;
        });
    if (fake_) result.fake_outputs = run_fake(inputs, fakes, result);
    if (paths_.integers == nullptr) return result;
    AnyTensors outputs =
        run_integer(*paths_.integers, input_codes(encoded, *paths_.integers, batch),
                    [&](const IntNode& node, const AnyTensor& y) {
                      const auto name = paths_.float_names.find(node.name);
                      if (name == paths_.float_names.end()) return;
                      PathDifference& op = result.ops[node.name];
                      const FloatTensor real = as_reals(node.name, y);
                      op.elements = real.size();
                      add_all(op.integer_to_float, reals.at(name->second), real);
                      if (!fake_) return;
                      const FloatTensor& fake = fakes.at(name->second);
                      add_all(op.fake_to_float, reals.at(name->second), fake);
                      add_all(op.integer_to_fake, fake, real);
                      for (std::int64_t i = 0; i < real.size(); ++i)
                        op.exact += real[i] == fake[i] ? 1 : 0;
                    });
    for (const auto& [name, tensor] : outputs) result.int_outputs[name] = as_reals(name, tensor);
    return result;
  }

 private:
  FloatTensors run_fake(const FloatTensors& inputs, FloatTensors& kept, BatchResult& result) const {
    FloatFilters filters = fake_->filters;
    filters.tensor = [&](const std::string& name, FloatTensor& tensor) {
      count_clipped(name, tensor, result);
      fake_->filters.tensor(name, tensor);
    };
    return run_float(fake_->network, inputs, filters,
                     [&](const FloatNode& node, const FloatTensor& y) {
                       if (by_float_name_.contains(node.name)) kept[node.name] = y;
                     });
  }

  void count_clipped(const std::string& name, const FloatTensor& tensor,
                     BatchResult& result) const {
    const auto op = by_float_name_.find(name);
    const auto encoding = paths_.encoded.tensors.find(name);
    if (op != by_float_name_.end() && encoding != paths_.encoded.tensors.end())
      result.ops[op->second].clipped = systole::count_clipped(tensor, encoding->second);
  }

  FloatTensor as_reals(const std::string& name, const AnyTensor& tensor) const {
    if (is_real(tensor)) return reals(tensor);
    if (const Encoding* tokens = token_encoding(name))
      return dequantize(integers(tensor), *tokens, paths_.encoded.arithmetic);
    return dequantize(integers(tensor), quantizations_.at(name));
  }

  /// The quantizer of what an integer op gives, where one scale cannot say what codes are worth.
  const Encoding* token_encoding(const std::string& name) const {
    const auto float_name = paths_.float_names.find(name);
    if (float_name == paths_.float_names.end()) return nullptr;
    const auto found = paths_.encoded.tensors.find(float_name->second);
    const bool has_tokens = found != paths_.encoded.tensors.end() &&
                            found->second.scale.size() > 1 &&
                            std::holds_alternative<PerToken>(found->second.spec.granularity);
    return has_tokens ? &found->second : nullptr;
  }

  const Paths& paths_;
  std::optional<FakeQuantNetwork> fake_;
  std::map<std::string, Quantization> quantizations_;
  std::map<std::string, std::string> by_float_name_;
};

}  // namespace

PathComparison compare_paths(const Paths& paths, const SampleSource& samples,
                             const BatchOptions& options) {
  if (samples.count < 1)
    throw InputError({.key = paths.encoded.network.name,
                      .got = "no samples",
                      .expected = "at least one sample to compare the paths on"});
  const Comparer comparer(paths);
  PathComparison result;
  Differences differences;
  for_each_wave<BatchResult>(
      samples, options, [&](const AnyTensors& batch) { return comparer.run(batch); },
      [&](const std::vector<BatchResult>& results) {
        for (const BatchResult& batch : results) {
          for (const auto& [name, difference] : batch.ops) add(differences[name], difference);
          append(result.float_outputs, batch.float_outputs);
          append(result.fake_outputs, batch.fake_outputs);
          append(result.int_outputs, batch.int_outputs);
        }
      });
  if (paths.integers == nullptr) return result;
  for (const IntNode& node : paths.integers->nodes) {
    const auto found = differences.find(node.name);
    if (found == differences.end()) continue;
    PathDifference op = found->second;
    op.op = node.name;
    op.float_op = paths.float_names.at(node.name);
    result.ops.push_back(std::move(op));
  }
  return result;
}

}  // namespace systole
