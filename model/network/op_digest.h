// op_digest.h: one hash over everything that an op is.
#pragma once

#include <string>

#include "model/network/network.h"

namespace systole {

/// SHA-256 over the op as a bundle stores it: its name, kind and every attribute, and all bytes of
/// its tensors. Not over its inputs.
std::string op_digest(const IntNode& node);

}  // namespace systole
