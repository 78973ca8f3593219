// elements.h: little-endian elements of any dtype as typed tensors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/config/error.h"
#include "model/tensor/dtype.h"
#include "model/tensor/tensor.h"

namespace systole {

/// A tensor's bytes in a file, already checked to match its shape; `name` may be empty.
struct Elements {
  Location where;
  std::string name;
  Dtype dtype;
  const Shape& shape;
  std::string_view bytes;
};

/// From F32, F16, BF16 (exact) or F64 (rounded to nearest); InputError on other dtypes.
FloatTensor to_float_tensor(const Elements& elements);

/// From F64, F32, F16 or BF16, exact; InputError on other dtypes.
Tensor<double> to_double_tensor(const Elements& elements);

/// From an integer dtype or BOOL; InputError on other dtypes and on values that do not fit.
IntTensor to_int_tensor(const Elements& elements);
Tensor<std::int64_t> to_int64_tensor(const Elements& elements);

/// The value of an IEEE half-precision number; exact.
float half_to_float(std::uint16_t half);

}  // namespace systole
