// embedding.h: rows of a table, chosen by their numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "model/tensor/tensor.h"

namespace systole {

/// ids [n, ..], table [rows, c] -> [n, .., c]. Every id must lie in [0, rows): first_outside.
FloatTensor embedding(const IntTensor& ids, const FloatTensor& table);

/// The flat index of the first id outside [0, rows).
std::optional<std::int64_t> first_outside(const IntTensor& ids, std::int64_t rows);

/// The same numbers as integers, or nothing where one is not whole or does not fit 32 bits signed.
std::optional<IntTensor> whole_numbers(const FloatTensor& x);

}  // namespace systole
