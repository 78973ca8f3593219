// operands.h: the tensors of a job's region as the padded matrices that its beats are cut from.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/schedule/layout.h"

namespace systole {

/// The tensors that a job reads, whole: they outlive what is made of them.
struct JobInputs {
  const IntTensor& x;                     ///< The product's first operand, or the stream.
  const IntTensor* residual = nullptr;    ///< [m x channels], where the lanes take one.
  const IntTensor* stationary = nullptr;  ///< The second operand of an int_batch_matmul.
};
JobInputs inputs_of(const Job& job,
                    const std::function<const IntTensor&(const std::string& name)>& find);

/// Weights and parameters of a job that come from elsewhere than its ops: from a memory. (An
/// operand that is an activation does not.)
class StoredBeats {
 public:
  virtual ~StoredBeats() = default;
  /// Row `k` of the column tile that begins with the op's channel `channel`: a weight beat.
  virtual void write_weights(std::int64_t channel, std::int64_t k, std::uint8_t* beat) const = 0;
  /// The constants of column `column` of that tile, in row `row` of the op's output.
  virtual ParameterBeat parameters(std::int64_t row, std::int64_t channel,
                                   std::int64_t column) const = 0;
};

/// The matrices of one pack.
struct PackData {
  /// [depth / tile width, rows, tile width], zero padded: beats lie in their order. Of a
  /// stream: [taps, depth / tile width, rows, tile width]. Output stationary: columns instead of
  /// rows, [rows / tile width rounded up, depth, tile width].
  std::vector<std::int16_t> x;
  /// [depth, w_stride], zero padded; empty for a stream, and where constant weights are
  /// `stored`.
  std::vector<std::int16_t> w;
};

/// Everything a region's beats are made of.
struct Operands {
  Layout layout;
  std::vector<PackData> packs;          ///< As in `layout`.
  const IntTensor* residual = nullptr;  ///< The caller's: of the whole op, or null.
  const StoredBeats* stored =
      nullptr;  ///< The caller's; null: weights and parameters are the ops'.

  bool has_stored_weights() const { return stored && !layout.activations; }
};

/// Matrices of `region` of the job for its whole inputs, of which the residual is kept, as is
/// `stored` (or null).
Operands make_operands(const Job& job, const JobInputs& inputs, const Geometry& geometry,
                       const Region& region, const StoredBeats* stored = nullptr);
/// Of the whole output.
Operands make_operands(const Job& job, const JobInputs& inputs, const Geometry& geometry);

}  // namespace systole
