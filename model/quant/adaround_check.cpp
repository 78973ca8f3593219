// adaround_check.cpp: what AdaRound can work with.
#include "model/quant/adaround_check.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "model/config/error.h"
#include "model/network/float_params.h"
#include "model/network/op_name.h"
#include "model/network/shapes.h"

namespace systole {
namespace {

struct Complaint {
  const LayerToRound& layer;

  [[noreturn]] void operator()(const std::string& got, const std::string& expected) const {
    throw InputError({.key = layer.name, .got = got, .expected = expected});
  }
};

void expect_finite(const LayerToRound& layer, const FloatTensor& tensor, std::string_view what) {
  for (std::int64_t i = 0; i < tensor.size(); ++i)
    if (!std::isfinite(tensor[i]))
      Complaint{layer}(
          fmt::format("{} {} at element {}", what, tensor[i], to_string(unravel(i, tensor.shape))),
          "finite elements");
}

void expect_shape(const LayerToRound& layer, const FloatTensor& tensor, const Shape& expected,
                  std::string_view what) {
  if (tensor.shape != expected)
    Complaint{layer}(fmt::format("{} of shape {}", what, to_string(tensor.shape)),
                     to_string(expected));
}

/// What the shape rules take for granted of a layer that no bundle reader has seen.
void expect_consistent(const LayerToRound& layer) {
  const FloatTensor& weight = weight_of(layer.op);
  const auto* conv = std::get_if<Conv2d>(&layer.op);
  if (weight.shape.size() != (conv ? 4 : 2) || weight.size() == 0)
    Complaint{layer}(fmt::format("weight of shape {}", to_string(weight.shape)),
                     conv ? "[kh, kw, cin / groups, cout]" : "[in, out]");
  if (!conv) return;
  const auto& [height, width] = conv->params.window.kernel;
  if (weight.shape[0] != height || weight.shape[1] != width)
    Complaint{layer}(fmt::format("weight of shape {}", to_string(weight.shape)),
                     fmt::format("a kernel of {} x {}", height, width));
  if (conv->params.groups < 1 || weight.channels() % conv->params.groups != 0)
    Complaint{layer}(fmt::format("{} groups", conv->params.groups),
                     fmt::format("a divisor of {} output channels", weight.channels()));
}

void expect_per_channel(const LayerToRound& layer, const std::vector<double>& values,
                        std::int64_t channels, std::string_view what) {
  if (!values.empty() && std::ssize(values) != channels)
    Complaint{layer}(fmt::format("{} of {} values", what, values.size()),
                     fmt::format("{}, one per output channel, or none", channels));
  for (const double value : values)
    if (!std::isfinite(value)) Complaint{layer}(fmt::format("{} {}", what, value), "a finite one");
}

void expect_option(const LayerToRound& layer, bool is_right, std::string_view name, double value,
                   const std::string& expected) {
  if (!is_right) Complaint{layer}(fmt::format("{} {}", name, value), expected);
}

void check_options(const LayerToRound& layer, const RoundingOptions& options) {
  const auto expect_share = [&](double value, std::string_view name) {
    expect_option(layer, value >= 0 && value <= 1, name, value, "a number in [0, 1]");
  };
  const auto expect_number = [&](double value, double least, std::string_view name) {
    expect_option(layer, value >= least && std::isfinite(value), name, value,
                  fmt::format("a finite number, {} or more", least));
  };
  expect_number(options.iterations, 0, "iterations");
  expect_number(options.batch, 1, "batch");
  expect_number(options.positions, 1, "positions");
  expect_number(options.rate, 0, "rate");
  expect_share(options.warm_up, "warm_up");
  expect_number(options.beta_start, 1, "beta_start");
  expect_number(options.beta_end, 1, "beta_end");
  expect_number(options.lambda, 0, "lambda");
  expect_share(options.drop_probability, "drop_probability");
}

}  // namespace

void check_rounding(const LayerToRound& layer, const LayerSamples& samples,
                    const RoundingOptions& options) {
  if (!is_product(layer.op))
    Complaint{layer}(fmt::format("a {}", op_name(layer.op)), "a conv2d or a linear");
  check_options(layer, options);

  expect_consistent(layer);
  const FloatTensor& input = samples.quantised_input;
  const FloatNode node = {.name = layer.name, .inputs = {}, .op = layer.op};
  if (input.size() == 0) Complaint{layer}("no samples", "one or more to calibrate with");
  const Shape output = output_shape(node, {input.shape});
  expect_shape(layer, samples.float_output, output, "target");
  if (options.drop_probability > 0 || !samples.float_input.data.empty())
    expect_shape(layer, samples.float_input, input.shape, "float input");
  const std::vector<float>& bias = bias_of(layer.op).data;
  expect_per_channel(layer, {bias.begin(), bias.end()}, output.back(), "bias");
  expect_per_channel(layer, layer.gain, output.back(), "gain");
  expect_per_channel(layer, layer.offset, output.back(), "offset");
  if (!(layer.range.lo <= layer.range.hi))
    Complaint{layer}(fmt::format("range [{}, {}]", layer.range.lo, layer.range.hi),
                     "the smaller end first");
  expect_finite(layer, input, "input");
  expect_finite(layer, samples.float_input, "float input");
  expect_finite(layer, samples.float_output, "target");
}

}  // namespace systole
