// stored_type.h: the integer type in which a trace stores a tensor; private to golden/.
#pragma once

#include <algorithm>

#include "model/tensor/int_type.h"
#include "model/tensor/safetensors.h"
#include "model/tensor/tensor.h"

namespace systole {

/// The declared type, or 32 bits signed where a faulty design's values lie outside of it: a trace
/// shows what was computed, not what should have been.
inline IntType stored_type(const IntTensor& tensor, const IntType& declared) {
  const IntRange range = declared.range();
  const bool fits = std::all_of(tensor.data.begin(), tensor.data.end(),
                                [&](std::int32_t value) { return range.contains(value); });
  return fits ? declared : IntType{.bits = 32, .is_signed = true};
}

}  // namespace systole
