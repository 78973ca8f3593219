// clamp.h: codes pinned to a range.
#pragma once

#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// min(max(x, lo), hi), element by element; lo <= hi, both within 32 bits signed.
IntTensor clamp(const IntTensor& x, const IntRange& range);

}  // namespace systole
