// encoded_network.cpp: a float network with every quantizer decided, and its fake-quant path.
#include "model/quant/encoded_network.h"

#include <fmt/format.h>

#include "model/config/error.h"
#include "model/network/float_params.h"
#include "model/quant/fake_quantize.h"

namespace systole {

FloatNode with_quantised_weight(const EncodedNetwork& encoded, FloatNode node) {
  const auto found = encoded.weights.find(node.name);
  if (found == encoded.weights.end()) return node;
  const EncodedWeight& weight = found->second;
  FloatTensor& target = *params_of(node.op).front().second;
  target = weight.codes.shape.empty()
               ? fake_quantize(target, weight.encoding, encoded.arithmetic)
               : dequantize(weight.codes, weight.encoding, encoded.arithmetic);
  return node;
}

FloatNetwork with_quantised_weights(const EncodedNetwork& encoded) {
  FloatNetwork network = encoded.network;
  for (FloatNode& node : network.nodes) node = with_quantised_weight(encoded, std::move(node));
  return network;
}

FloatFilters quantizers_of(const EncodedNetwork& encoded) {
  FloatFilters filters;
  filters.tensor = [&encoded](const std::string& name, FloatTensor& tensor) {
    if (const auto found = encoded.tensors.find(name); found != encoded.tensors.end())
      tensor = fake_quantize(tensor, found->second, encoded.arithmetic);
  };
  filters.operand = [&encoded](const FloatNode& node, std::size_t index,
                               const FloatTensor& x) -> std::optional<FloatTensor> {
    const auto found = encoded.operands.find({node.name, index});
    if (found == encoded.operands.end()) return {};
    return fake_quantize(x, found->second, encoded.arithmetic);
  };
  return filters;
}

AnyTensors input_codes(const EncodedNetwork& encoded, const IntNetwork& integers,
                       const AnyTensors& samples) {
  AnyTensors codes = samples;
  for (const NetworkInput& input : integers.inputs) {
    AnyTensor& tensor = codes.at(input.name);
    if (is_real(tensor) && !input.is_float)
      tensor = quantize(reals(tensor), encoded.tensors.at(input.name), encoded.arithmetic);
  }
  return codes;
}

Quantizer scalar_quantizer(const Encoding& encoding) {
  code_range(encoding);  // Refuses float formats.
  const auto& format = std::get<IntFormat>(encoding.spec.format);
  if (encoding.scale.size() != 1)
    throw InputError({.key = encoding.name,
                      .got = fmt::format("{} scales", encoding.scale.size()),
                      .expected = "one scale per activation on the integer path",
                      .hint = "granularity: tensor; others are for the fake-quant path"});
  return {.scale = steps(encoding)[0],
          .zero_point = encoding.zero_point[0],
          .type = {.bits = format.bits, .is_signed = format.is_signed}};
}

}  // namespace systole
