// lookup.h: a code for every code, from a table.
#pragma once

#include <cstdint>

#include "model/tensor/tensor.h"

namespace systole {

/// table[x - lowest], element by element; every x is in [lowest, lowest + table.size()).
IntTensor lookup(const IntTensor& x, const IntTensor& table, std::int32_t lowest);

}  // namespace systole
