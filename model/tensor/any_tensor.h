// any_tensor.h: integers or reals, as they lie between the ops of an integer network.
#pragma once

#include <variant>

#include "model/tensor/tensor.h"

namespace systole {

using AnyTensor = std::variant<IntTensor, FloatTensor>;

inline const Shape& shape_of(const AnyTensor& tensor) {
  return std::visit([](const auto& t) -> const Shape& { return t.shape; }, tensor);
}

}  // namespace systole
