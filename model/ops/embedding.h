// embedding.h: rows of a table, chosen by their numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "model/tensor/tensor.h"

namespace systole {

/// ids [n, ..], table [rows, c] -> [n, .., c]. Every id must be a row of the table: first_bad_id.
FloatTensor embedding(const FloatTensor& ids, const FloatTensor& table);

/// The flat index of the first id that is no whole number in [0, rows).
std::optional<std::int64_t> first_bad_id(const FloatTensor& ids, std::int64_t rows);

}  // namespace systole
