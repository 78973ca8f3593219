// constant.h: the same integers for every item of a batch.
#pragma once

#include <cstdint>

#include "model/tensor/tensor.h"

namespace systole {

/// value [..] -> [batch, ..].
IntTensor constant(std::int64_t batch, const IntTensor& value);

}  // namespace systole
