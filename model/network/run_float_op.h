// run_float_op.h: a float op on its operands; private to model/network/.
#pragma once

#include <string>
#include <vector>

#include "model/network/network.h"

namespace systole {

/// What `op` gives; `name` is its node's. Throws InputError where an embedding's id is none of its
/// table's.
FloatTensor run_float_op(const std::string& name, const FloatOp& op,
                         const std::vector<const FloatTensor*>& operands);

}  // namespace systole
