// kept.h: why an op of an integer network is the host's.
#pragma once

#include <string>

#include "model/network/network.h"

namespace systole {

/// Empty where the array or the lanes compute the op, if the ranges of its operands fit them.
std::string kept_reason(const IntOp& op);

}  // namespace systole
