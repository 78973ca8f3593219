// ita_max.h: a softmax of shifts, PULP's ITAMax.
#pragma once

#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Softmax for codes whose step is ln(2) * bits / 2^bits.
struct ItaMax {
  int bits = 8;  ///< B, in [1, 16]; there are N = 2^B levels.
  bool operator==(const ItaMax&) const = default;
};

/// Returns, for every row x,
///
///   shift = floor((max x - x) * B / N + 1/2)        sum = sum over the row of (N >> shift)
///   y = floor(N * (N - 1) / sum) >> shift           codes in [0, N - 1], 1 is N - 1
///
/// Exponentials are powers of two: exp(-difference) becomes 2^-shift. Source: the paper on ITA
/// (arXiv 2307.03493), quantlib's PACTIntegerITAMax; Deeploy's ITAMax_s8 gives y - N / 2.
///
/// Codes of a row must differ by N - 1 at most: shifts are then at most B and nothing is lost.
/// Exact in 64 bits for rows of at most 2^20 codes.
IntTensor ita_max(const IntTensor& x, const ItaMax& op);

/// [0, N - 1].
IntRange ita_max_range(const ItaMax& op);

}  // namespace systole
