// any_tensor.h: integers or reals, as they lie between the ops of an integer network.
#pragma once

#include <variant>

#include "model/tensor/tensor.h"

namespace systole {

using AnyTensor = std::variant<IntTensor, FloatTensor>;

inline const Shape& shape_of(const AnyTensor& tensor) {
  return std::visit([](const auto& t) -> const Shape& { return t.shape; }, tensor);
}

inline bool is_real(const AnyTensor& tensor) { return std::holds_alternative<FloatTensor>(tensor); }

/// The integers of a tensor that is known to hold some; std::bad_variant_access otherwise.
inline const IntTensor& integers(const AnyTensor& tensor) { return std::get<IntTensor>(tensor); }
inline IntTensor& integers(AnyTensor& tensor) { return std::get<IntTensor>(tensor); }
inline const FloatTensor& reals(const AnyTensor& tensor) { return std::get<FloatTensor>(tensor); }

}  // namespace systole
