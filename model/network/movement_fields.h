// movement_fields.h: ops that move elements in network.yaml, for float and for integer networks;
// private to model/network/.
#pragma once

#include <string>

#include "model/network/network.h"
#include "model/network/op_fields.h"

namespace systole {

Reshape read_reshape(const OpFields& fields);
Transpose read_transpose(const OpFields& fields);
Slice read_slice(const OpFields& fields);
Roll read_roll(const OpFields& fields);

/// ", shape: [4, 16]" and the like: the keys behind `name`, `op` and `inputs`.
std::string movement_text(const Reshape& op);
std::string movement_text(const Transpose& op);
std::string movement_text(const Slice& op);
std::string movement_text(const Roll& op);

}  // namespace systole
