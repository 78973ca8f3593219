// histograms.cpp: the distribution of every tensor that has a quantizer, beside that quantizer.
#include "flows/cli/histograms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "flows/cli/quant_text.h"
#include "model/config/error.h"
#include "model/network/float_params.h"
#include "model/quant/calibrate.h"
#include "model/quant/fake_quantize.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

/// What is shown, and the tensor that an activation is watched as.
struct Watched {
  TensorHistogram shown;
  std::string tensor;
};

Watched start(const EncodedNetwork& encoded, const Encoding& encoding, const std::string& op,
              const std::string& name, const std::string& tensor) {
  TensorHistogram shown{
      .op = op, .encoding = encoding, .report = report_tensor(name, encoded, encoding)};
  return {.shown = std::move(shown), .tensor = tensor};
}

void observe(TensorHistogram& shown, const FloatTensor& x) {
  const auto bad =
      std::find_if(x.data.begin(), x.data.end(), [](float value) { return !std::isfinite(value); });
  if (bad != x.data.end())
    throw InputError({.key = shown.report.name,
                      .got = fmt::format("{} at element {}", *bad,
                                         to_string(unravel(bad - x.data.begin(), x.shape))),
                      .expected = "finite values"});
  shown.values.observe(x.data);
  shown.report.elements += x.size();
  shown.report.clipped += count_clipped(x, shown.encoding);
}

std::vector<Watched> quantised_tensors(const EncodedNetwork& encoded) {
  std::vector<Watched> all;
  const auto add_output = [&](const std::string& name) {
    if (const auto found = encoded.tensors.find(name); found != encoded.tensors.end())
      all.push_back(start(encoded, found->second, name, name, name));
  };
  for (const NetworkInput& input : encoded.network.inputs) add_output(input.name);
  for (const FloatNode& node : encoded.network.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (const auto own = encoded.operands.find({node.name, i}); own != encoded.operands.end())
        all.push_back(start(encoded, own->second, node.name,
                            fmt::format("{}.inputs[{}]", node.name, i), node.inputs[i]));
    if (const auto weight = encoded.weights.find(node.name); weight != encoded.weights.end()) {
      all.push_back(start(encoded, weight->second.encoding, node.name, node.name + ".weight", ""));
      all.back().shown.is_weight = true;
      observe(all.back().shown, weight_of(node.op));
    }
    add_output(node.name);
  }
  return all;
}

Json to_json(const TensorHistogram& histogram) {
  Json json = to_json(histogram.report);
  json["op"] = histogram.op;
  json["kind"] = histogram.is_weight ? "weight" : "activation";
  std::vector<std::int64_t> counts = histogram.values.counts();
  while (!counts.empty() && counts.back() == 0) counts.pop_back();
  json["bin_width"] = histogram.values.bin_width();
  json["first_bin"] = histogram.values.first_bin();
  json["counts"] = counts;
  const Encoding& encoding = histogram.encoding;
  if (encoding.scale.size() == 1 && std::holds_alternative<IntFormat>(encoding.spec.format)) {
    const IntRange codes = code_range(encoding);
    json["scale"] = steps(encoding)[0];
    json["zero_point"] = encoding.zero_point[0];
    json["codes"] = {codes.lo, codes.hi};
  }
  return json;
}

}  // namespace

std::vector<TensorHistogram> collect_histograms(const EncodedNetwork& encoded,
                                                const SampleSource& samples,
                                                const BatchOptions& options) {
  std::vector<Watched> all = quantised_tensors(encoded);
  std::vector<Watch> watches;
  for (Watched& one : all)
    if (!one.shown.is_weight)
      watches.push_back(
          {{one.tensor}, [&shown = one.shown](const FloatTensor& x) { observe(shown, x); }});
  calibrate(encoded.network, samples, watches, options);
  std::vector<TensorHistogram> histograms;
  for (Watched& one : all) histograms.push_back(std::move(one.shown));
  return histograms;
}

Json to_json(const std::vector<TensorHistogram>& histograms) {
  Json json = Json::array();
  for (const TensorHistogram& histogram : histograms) json.push_back(to_json(histogram));
  return json;
}

}  // namespace systole
