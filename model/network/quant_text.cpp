// quant_text.cpp: writes the constants of a requantisation to a bundle.
#include "model/network/quant_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cassert>

#include "model/network/bundle_ops.h"

namespace systole {
namespace {

template <class T, class Member>
Tensor<T> gather(const std::vector<MulQuantChannel>& channels, Member member) {
  Tensor<T> tensor(Shape{std::ssize(channels)});
  for (std::size_t c = 0; c < channels.size(); ++c) tensor.data[c] = channels[c].*member;
  return tensor;
}

constexpr IntType kScaleType = {.bits = 32, .is_signed = true};
constexpr IntType kShiftType = {.bits = 8, .is_signed = false};

std::string attributes_text(const IntNode& node, const MulQuant& quant) {
  return fmt::format(
      ", rounding: {}, zero_point: {}, zero_point_form: {}, clamp: [{}, {}], type: {}, "
      "real_scale: {}",
      kRoundingNames[static_cast<std::size_t>(quant.rounding)], quant.zero_point,
      quant.zero_point_form == ZeroPointForm::kKeep ? "keep" : "subtract", quant.clamp.lo,
      quant.clamp.hi, to_string(node.output.type), node.output.scale);
}

}  // namespace

std::string write_channels(const std::string& op, const std::vector<MulQuantChannel>& channels,
                           std::vector<SafetensorsEntry>& tensors) {
  const auto scale = gather<std::int32_t>(channels, &MulQuantChannel::scale);
  const auto shift = gather<std::int32_t>(channels, &MulQuantChannel::shift);
  tensors.push_back(encode(op + ".scale", scale, kScaleType));
  tensors.push_back(encode(op + ".bias", gather<std::int64_t>(channels, &MulQuantChannel::bias)));
  tensors.push_back(encode(op + ".shift", shift, kShiftType));
  return fmt::format(", scale: {0}.scale, bias: {0}.bias, shift: {0}.shift", op);
}

std::string write_quant(const IntNode& node, const MulQuant& quant, bool has_residual,
                        std::vector<SafetensorsEntry>& tensors) {
  std::string text = write_channels(node.name, quant.channels, tensors);
  if (has_residual) {
    const auto scale = gather<std::int32_t>(quant.channels, &MulQuantChannel::residual_scale);
    const auto shift = gather<std::int32_t>(quant.channels, &MulQuantChannel::residual_shift);
    tensors.push_back(encode(node.name + ".residual_scale", scale, kScaleType));
    tensors.push_back(encode(node.name + ".residual_shift", shift, kShiftType));
    text += fmt::format(", residual_scale: {0}.residual_scale, residual_shift: {0}.residual_shift",
                        node.name);
  }
  return text + tokens_text(quant.tokens) + attributes_text(node, quant);
}

std::string tokens_text(std::int64_t tokens) {
  return tokens == 1 ? "" : fmt::format(", tokens: {}", tokens);
}

std::string write_avg_pool(const IntNode& node, const IntAvgPool& pool,
                           std::vector<SafetensorsEntry>& tensors) {
  std::vector<int> counts;
  std::vector<MulQuantChannel> constants;
  for (const auto& [count, quant] : pool.quant_by_count) {
    assert(quant.channels.size() == 1);
    counts.push_back(count);
    constants.push_back(quant.channels[0]);
  }
  assert(!counts.empty());
  return pool_text(pool.window) +
         fmt::format(", input_zero_point: {}, counts: [{}]", pool.zero_point,
                     fmt::join(counts, ", ")) +
         write_channels(node.name, constants, tensors) +
         attributes_text(node, pool.quant_by_count.begin()->second);
}

}  // namespace systole
