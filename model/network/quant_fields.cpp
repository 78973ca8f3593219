// quant_fields.cpp: reads the constants of a requantisation from network.yaml.
#include "model/network/quant_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace systole {
namespace {

constexpr IntRange kScales = {std::numeric_limits<std::int32_t>::min(),
                              std::numeric_limits<std::int32_t>::max()};
constexpr IntRange kShifts = {0, 62};
constexpr IntRange kTokens = {1, 1 << 20};
constexpr IntRange kOperands = {-65536, 65535};  // 17 bits signed.
constexpr std::array<std::string_view, 2> kForms = {"keep", "subtract"};

template <class T>
T of_channel(const Tensor<T>& values, std::size_t channel) {
  return values.data[values.size() == 1 ? 0 : channel];
}

/// The number of channels: every tensor has one value or as many as the longest.
template <class T>
void expect_length(const OpFields& fields, std::string_view key, const Tensor<T>& values,
                   std::int64_t channels) {
  if (values.size() != 1 && values.size() != channels)
    throw fields.error(key, to_string(values.shape),
                       fmt::format("[1] or [{}], as scale", channels));
}

void read_residual(const OpFields& fields, std::vector<MulQuantChannel>& channels) {
  const IntTensor scale = fields.integers("residual_scale", 1, kScales);
  const IntTensor shift = fields.integers("residual_shift", 1, kShifts);
  expect_length(fields, "residual_scale", scale, std::ssize(channels));
  expect_length(fields, "residual_shift", shift, std::ssize(channels));
  for (std::size_t c = 0; c < channels.size(); ++c) {
    channels[c].residual_scale = of_channel(scale, c);
    channels[c].residual_shift = of_channel(shift, c);
    if (channels[c].residual_shift > channels[c].shift)
      throw fields.error("residual_shift",
                         fmt::format("{} in channel {}", channels[c].residual_shift, c),
                         fmt::format("at most the channel's shift {}", channels[c].shift));
  }
}

}  // namespace

IntRange read_clamp(const OpFields& fields, std::string_view key, const IntType& type) {
  const auto clamp = fields.yaml().find(key);
  if (!clamp) return type.range();
  if (!clamp->is_sequence() || clamp->items().size() != 2)
    throw clamp->error("[lowest, highest] code");
  const std::vector<Value> items = clamp->items();
  const IntRange range = {items[0].as_int(), items[1].as_int()};
  if (range.lo > range.hi || !type.range().contains(range.lo) || !type.range().contains(range.hi))
    throw fields.error(key, fmt::format("[{}, {}]", range.lo, range.hi),
                       fmt::format("an ascending pair inside [{}, {}] of {}", type.range().lo,
                                   type.range().hi, to_string(type)));
  return range;
}

std::int64_t read_tokens(const OpFields& fields) { return fields.integer_or("tokens", 1, kTokens); }

Quantization read_output(const OpFields& fields) {
  Quantization output;
  const Value type = fields.yaml().get("type");
  if (!parse_int_type(type.as_string(), output.type) || output.type.bits > 17 ||
      (output.type.bits == 17 && !output.type.is_signed))
    throw type.error("int1 to int17 or uint1 to uint16");
  output.scale = read_scale(fields.yaml().get("real_scale"));
  return output;
}

std::vector<std::string> quant_keys(bool has_residual) {
  std::vector<std::string> keys = {"scale",           "bias",  "shift", "rounding",  "zero_point",
                                   "zero_point_form", "clamp", "type",  "real_scale"};
  if (has_residual) keys.insert(keys.end(), {"residual_scale", "residual_shift"});
  return keys;
}

std::vector<MulQuantChannel> read_channels(const OpFields& fields) {
  const IntTensor scale = fields.integers("scale", 1, kScales);
  const Tensor<std::int64_t> bias =
      fields.has("bias") ? fields.integers64("bias", 1) : Tensor<std::int64_t>(Shape{1});
  const IntTensor shift = fields.integers("shift", 1, kShifts);
  expect_length(fields, "bias", bias, scale.size());
  expect_length(fields, "shift", shift, scale.size());
  std::vector<MulQuantChannel> channels(static_cast<std::size_t>(scale.size()));
  for (std::size_t c = 0; c < channels.size(); ++c) {
    channels[c].scale = scale.data[c];
    channels[c].bias = of_channel(bias, c);
    channels[c].shift = of_channel(shift, c);
  }
  return channels;
}

MulQuant read_quant_attributes(const OpFields& fields, Quantization& output) {
  const Value& yaml = fields.yaml();
  MulQuant quant;
  if (const auto rounding = yaml.find("rounding"))
    quant.rounding = static_cast<Rounding>(rounding->as_choice(kRoundingNames));
  if (const auto form = yaml.find("zero_point_form"))
    quant.zero_point_form = static_cast<ZeroPointForm>(form->as_choice(kForms));
  quant.zero_point = static_cast<std::int32_t>(fields.integer_or("zero_point", 0, kOperands));
  output = read_output(fields);
  quant.clamp = read_clamp(fields, "clamp", output.type);
  const bool keeps = quant.zero_point_form == ZeroPointForm::kKeep;
  output.zero_point = keeps ? quant.zero_point : 0;
  return quant;
}

MulQuant read_quant(const OpFields& fields, bool has_residual, Quantization& output) {
  MulQuant quant = read_quant_attributes(fields, output);
  quant.channels = read_channels(fields);
  if (has_residual) read_residual(fields, quant.channels);
  return quant;
}

}  // namespace systole
