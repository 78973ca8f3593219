// layer_constants.h: the weight and bias of an op that has them.
#pragma once

#include "model/network/network.h"

namespace systole {

/// Of a Conv2d or Linear; an absent bias is empty.
inline FloatTensor& weight_of(FloatOp& op) {
  if (auto* conv = std::get_if<Conv2d>(&op)) return conv->weight;
  return std::get<Linear>(op).weight;
}
inline FloatTensor& bias_of(FloatOp& op) {
  if (auto* conv = std::get_if<Conv2d>(&op)) return conv->bias;
  return std::get<Linear>(op).bias;
}
inline const FloatTensor& weight_of(const FloatOp& op) {
  if (const auto* conv = std::get_if<Conv2d>(&op)) return conv->weight;
  return std::get<Linear>(op).weight;
}
inline const FloatTensor& bias_of(const FloatOp& op) {
  if (const auto* conv = std::get_if<Conv2d>(&op)) return conv->bias;
  return std::get<Linear>(op).bias;
}

}  // namespace systole
