// kinds.h: which ops of an integer network take and give integers, and which reals.
#pragma once

#include <string>
#include <vector>

#include "model/config/error.h"
#include "model/network/network.h"

namespace systole {

/// Whether the op's output holds reals; `operands_real` says so of each operand.
bool gives_reals(const IntOp& op, const std::vector<bool>& operands_real);

/// Throws InputError at `where`, `key` when an operand holds what the op cannot take.
void check_kinds(const std::string& key, const IntOp& op, const std::vector<bool>& operands_real,
                 const Location& where = {});

}  // namespace systole
