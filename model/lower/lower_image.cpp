// lower_image.cpp: a convolution of reals by integer weights, on an image in codes.
#include <algorithm>

#include "model/lower/lowering.h"
#include "model/network/ranges.h"

namespace systole {
namespace {

constexpr IntRange kOperand = {-256, 255};
constexpr IntType kImage = {.bits = 9};

bool are_codes(const FloatTensor& weight) {
  return std::all_of(weight.data.begin(), weight.data.end(), [](float w) {
    return w >= static_cast<float>(kOperand.lo) && w <= static_cast<float>(kOperand.hi) &&
           w == static_cast<float>(static_cast<std::int32_t>(w));
  });
}

}  // namespace

Codes Lowering::image_codes(const std::string& faithful) {
  const auto limit = static_cast<float>(kOperand.hi);
  const auto peak = static_cast<float>(peak_of(faithful));
  const QuantizeReal rule{.rule = QuantizeRule::kMultiply,
                          .factor = peak > 0 ? limit / peak : 1.0F,
                          .range = {-kOperand.hi, kOperand.hi}};
  Codes codes{.name = faithful + ".image",
              .quantization = {.scale = 1 / static_cast<double>(rule.factor), .type = kImage},
              .range = rule.range};
  if (names_.contains(codes.name)) return codes;  // Of another convolution of this image.
  append({.name = codes.name,
          .inputs = {std::get<Reals>(values_.at(faithful)).name},
          .op = rule,
          .output = codes.quantization});
  reasons_[codes.name] = "gives the image's codes";
  return codes;
}

void Lowering::visit_float_conv(const IntNode& node, const Conv2d& op) {
  const std::string& x = node.inputs[0];
  if (!options_.image_codes || !is_host_real(x) || !are_codes(op.weight)) return keep(node);
  IntConv2d conv{.params = op.params, .weight = IntTensor(op.weight.shape)};
  std::copy(op.weight.data.begin(), op.weight.data.end(), conv.weight.data.begin());
  const Codes image = image_codes(x);
  const std::int64_t depth = product_depth(conv, shapes_.at(x));
  // Not the name of the reals: these are sums of codes.
  Affine result{.base = append(node.name + ".raw", {image}, std::move(conv), {}, depth),
                .scale = {image.quantization.scale}};
  if (op.bias.size() > 0) result.offset.assign(op.bias.data.begin(), op.bias.data.end());
  define(node.name, std::move(result));
}

}  // namespace systole
