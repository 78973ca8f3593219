// corner_inputs.cpp: extreme codes.
#include <algorithm>
#include <functional>

#include "flows/cli/inputs.h"

namespace systole {
namespace {

/// An input's extreme codes, or reals.
struct InputExtremes {
  const Shape& shape;  ///< Of a sample.
  std::int32_t lowest;
  std::int32_t highest;
  std::int32_t zero_point;
};

InputExtremes extremes_of(const IntNetwork& network, const NetworkInput& input) {
  if (input.is_float) return {input.shape, -1, 1, 0};
  const IntRange codes = drawable_codes(network, input);
  const std::int64_t zero_point = input.quantization.zero_point;
  return {input.shape, static_cast<std::int32_t>(codes.lo), static_cast<std::int32_t>(codes.hi),
          static_cast<std::int32_t>(std::clamp(zero_point, codes.lo, codes.hi))};
}

/// The code of element `flat` of a sample of `input`.
using Pattern = std::function<std::int32_t(std::int64_t flat, const InputExtremes& input)>;

Pattern checkerboard(std::int64_t parity) {
  return [parity](std::int64_t flat, const InputExtremes& input) {
    const Shape at = unravel(flat, input.shape);
    std::int64_t sum = parity;
    for (std::int64_t coordinate : at) sum += coordinate;
    return sum % 2 == 0 ? input.highest : input.lowest;
  };
}

const IntNode* first_convolution(const IntNetwork& network) {
  for (const IntNode& node : network.nodes)
    if (std::holds_alternative<IntConv2d>(node.op) && node.inputs[0] == network.inputs[0].name)
      return &node;
  return nullptr;
}

/// Highest code where the weight of `channel` that meets the pixel is positive, lowest where it is
/// negative (`sign` -1: the other way round), for the window around the middle of the image.
Pattern matched(const IntConv2d& conv, std::int64_t channel, int sign) {
  return [&conv, channel, sign](std::int64_t flat, const InputExtremes& input) {
    if (input.shape.size() != 3) return input.zero_point;  // Another input than the image.
    const Shape& w = conv.weight.shape;
    const Shape at = unravel(flat, input.shape);
    const Window& window = conv.params.window;
    const std::int64_t kh = (at[0] - input.shape[0] / 2) / window.dilation[0] + w[0] / 2;
    const std::int64_t kw = (at[1] - input.shape[1] / 2) / window.dilation[1] + w[1] / 2;
    const std::int64_t group = channel / (w[3] / conv.params.groups);
    const std::int64_t cin = at[2] - group * w[2];
    if (kh < 0 || kh >= w[0] || kw < 0 || kw >= w[1] || cin < 0 || cin >= w[2])
      return input.zero_point;
    const std::int32_t weight = conv.weight[((kh * w[1] + kw) * w[2] + cin) * w[3] + channel];
    return weight * sign > 0 ? input.highest : input.lowest;
  };
}

Pattern pattern(const IntNetwork& network, std::int64_t number) {
  switch (number) {
    case 0:
      return [](std::int64_t, const InputExtremes& input) { return input.lowest; };
    case 1:
      return [](std::int64_t, const InputExtremes& input) { return input.highest; };
    case 2:
      return [](std::int64_t, const InputExtremes& input) { return input.zero_point; };
    case 3:
    case 4:
      return checkerboard(number);
    default:
      break;
  }
  const IntNode* node = first_convolution(network);
  if (!node) return pattern(network, number % 5);
  const auto& conv = std::get<IntConv2d>(node->op);
  return matched(conv, (number - 5) / 2 % conv.weight.channels(), number % 2 ? 1 : -1);
}

}  // namespace

AnyTensors corner_inputs(const IntNetwork& network, std::int64_t count) {
  AnyTensors inputs;
  for (const NetworkInput& input : network.inputs) {
    const InputExtremes extremes = extremes_of(network, input);
    const std::int64_t elements = element_count(input.shape);
    IntTensor tensor(batched(count, input.shape));
    for (std::int64_t sample = 0; sample < count; ++sample) {
      const Pattern code = pattern(network, sample);
      for (std::int64_t flat = 0; flat < elements; ++flat)
        tensor[sample * elements + flat] = code(flat, extremes);
    }
    if (input.is_float)
      inputs[input.name] = FloatTensor(tensor.shape, {tensor.data.begin(), tensor.data.end()});
    else
      inputs[input.name] = std::move(tensor);
  }
  return inputs;
}

}  // namespace systole
