// decode.h: from a memory's elements back to the tensor of the bundle that they were made of.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor/safetensors.h"
#include "sim/image/contents.h"

namespace systole {

/// `tensor.source` with the values that `elements`, in the memory's order, hold. Throws InputError
/// where an element that is none of the source's is not 0, where copies of one differ, and on
/// values that its dtype does not hold. `tensor.source.tensor` is not empty.
SafetensorsEntry decode(const ImageTensor& tensor, const std::vector<std::int64_t>& elements);

}  // namespace systole
