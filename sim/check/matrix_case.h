// matrix_case.h: one op as bare matrices, the form in which a failing one is made smaller.
#pragma once

#include <cstdint>
#include <optional>

#include "model/network/batch.h"
#include "model/network/network.h"

namespace systole {

/// A product of matrices, what the lanes make of it, or both. Without weights x itself goes past
/// the array to the lanes; then there is a `quant`.
struct MatrixCase {
  IntTensor x;                        ///< [m, k]; without weights [m, n].
  std::optional<IntTensor> weight;    ///< [k, n].
  std::optional<MulQuant> quant;      ///< Constants of n channels, or one for all.
  std::optional<IntTensor> residual;  ///< [m, n]; with `quant` only.

  std::int64_t rows() const { return x.shape[0]; }
  std::int64_t depth() const { return weight ? x.shape[1] : 0; }
  std::int64_t columns() const { return weight ? weight->shape[1] : x.shape[1]; }
  bool operator==(const MatrixCase&) const = default;
};

/// The narrowest type that holds all values: unsigned where none is negative.
IntType narrowest_type(const IntTensor& tensor);

/// Appends the case's ops to `network`, with inputs of their own: "x", "residual", "product" and
/// "quant", each with `suffix`. One sample is a whole matrix, so that all of it meets the design at
/// once. Puts its tensors into `inputs`.
void append(const MatrixCase& matrices, const std::string& suffix, IntNetwork& network,
            IntTensors& inputs);

/// Whether `check_network` takes the case.
bool is_legal(const MatrixCase& matrices);

/// The constants of these rows and channels of an output as those of a case of as many: tokens are
/// rows there.
MulQuant some_constants(const MulQuant& quant, const std::vector<std::int64_t>& rows,
                        const std::vector<std::int64_t>& channels);

/// Parts of a case: the rows, steps of the sum (of a case with weights) or columns of these
/// numbers, in this order.
MatrixCase with_rows(const MatrixCase& matrices, const std::vector<std::int64_t>& rows);
MatrixCase with_depth(const MatrixCase& matrices, const std::vector<std::int64_t>& steps);
MatrixCase with_columns(const MatrixCase& matrices, const std::vector<std::int64_t>& columns);

}  // namespace systole
