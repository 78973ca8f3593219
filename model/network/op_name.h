// op_name.h: the names of ops in bundles, traces and messages.
#pragma once

#include <string_view>

#include "model/network/network.h"

namespace systole {

/// "conv2d", "batch_norm", ...
std::string_view op_name(const FloatOp& op);

/// "int_conv2d", "mul_quant", ...
std::string_view op_name(const IntOp& op);

}  // namespace systole
