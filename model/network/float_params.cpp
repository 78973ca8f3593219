// float_params.cpp: the parameters of float ops by name.
#include "model/network/float_params.h"

#include "model/network/overloaded.h"

namespace systole {
namespace {

template <class Op, class Pointer>
std::vector<std::pair<std::string, Pointer>> collect(Op& op) {
  using Params = std::vector<std::pair<std::string, Pointer>>;
  const auto product = [](auto& p) {
    Params params = {{"weight", &p.weight}};
    if (!p.bias.shape.empty()) params.emplace_back("bias", &p.bias);
    return params;
  };
  return std::visit(
      [&](auto& alternative) -> Params {
        using T = std::remove_cvref_t<decltype(alternative)>;
        if constexpr (std::is_same_v<T, Conv2d> || std::is_same_v<T, Linear>)
          return product(alternative);
        else if constexpr (std::is_same_v<T, BatchNorm>)
          return {{"gamma", &alternative.gamma},
                  {"beta", &alternative.beta},
                  {"mean", &alternative.mean},
                  {"variance", &alternative.variance}};
        else if constexpr (std::is_same_v<T, LayerNorm>)
          return {{"gamma", &alternative.gamma}, {"beta", &alternative.beta}};
        else if constexpr (std::is_same_v<T, AddConstant> || std::is_same_v<T, ClassToken>)
          return {{"value", &alternative.value}};
        else if constexpr (std::is_same_v<T, Embedding>)
          return {{"table", &alternative.table}};
        else
          return {};
      },
      op);
}

}  // namespace

std::vector<std::pair<std::string, FloatTensor*>> params_of(FloatOp& op) {
  return collect<FloatOp, FloatTensor*>(op);
}

std::vector<std::pair<std::string, const FloatTensor*>> params_of(const FloatOp& op) {
  return collect<const FloatOp, const FloatTensor*>(op);
}

bool is_product(const FloatOp& op) {
  return std::holds_alternative<Conv2d>(op) || std::holds_alternative<Linear>(op);
}

const FloatTensor& weight_of(const FloatOp& op) {
  if (const auto* conv = std::get_if<Conv2d>(&op)) return conv->weight;
  return std::get<Linear>(op).weight;
}

const FloatTensor& bias_of(const FloatOp& op) {
  if (const auto* conv = std::get_if<Conv2d>(&op)) return conv->bias;
  return std::get<Linear>(op).bias;
}

FloatTensor& weight_of(FloatOp& op) {
  if (auto* conv = std::get_if<Conv2d>(&op)) return conv->weight;
  return std::get<Linear>(op).weight;
}

FloatTensor& bias_of(FloatOp& op) {
  if (auto* conv = std::get_if<Conv2d>(&op)) return conv->bias;
  return std::get<Linear>(op).bias;
}

}  // namespace systole
