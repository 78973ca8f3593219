// float_params.h: the parameters of float ops by name.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/network/network.h"

namespace systole {

/// Every parameter that the op holds ("weight", "bias", "gamma", ..) under the name that
/// network.yaml gives it; absent biases are left out.
std::vector<std::pair<std::string, FloatTensor*>> params_of(FloatOp& op);
std::vector<std::pair<std::string, const FloatTensor*>> params_of(const FloatOp& op);

/// Convolutions and matrix products: what the array computes.
bool is_product(const FloatOp& op);
/// The weight and bias of a product; an absent bias is empty.
FloatTensor& weight_of(FloatOp& op);
FloatTensor& bias_of(FloatOp& op);
const FloatTensor& weight_of(const FloatOp& op);
const FloatTensor& bias_of(const FloatOp& op);

}  // namespace systole
