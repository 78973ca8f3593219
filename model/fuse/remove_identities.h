// remove_identities.h: a float network without the ops that pass their operand on.
#pragma once

#include "model/network/network.h"

namespace systole {

/// The network without its identity and dropout ops: their users take the operand instead, and so
/// does the list of outputs, in whose places stand the names of what was passed on. All other ops
/// keep their names. Throws InputError when nothing else is left.
FloatNetwork remove_identities(const FloatNetwork& network);

}  // namespace systole
