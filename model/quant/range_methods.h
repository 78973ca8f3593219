// range_methods.h: the ways to choose a quantizer's range from what a tensor was seen to hold.
#pragma once

#include <string>
#include <variant>

#include "model/ops/quantize.h"
#include "model/quant/encoding.h"

namespace systole {

/// The codes that a range is chosen for. Symmetric codes have zero point 0 and are signed or
/// unsigned; affine codes have a zero point, and their sign does not change the range.
struct CodeGrid {
  int bits = 8;  ///< 2..16.
  bool is_signed = true;
  bool is_affine = false;

  bool operator==(const CodeGrid&) const = default;
};

/// The quantizer of `range`: `affine_encoding`, `symmetric_encoding` or, for hi >= 0 with what lies
/// below 0 clipped, `unsigned_encoding`.
Quantizer encode_range(const RealRange& range, const CodeGrid& grid);

/// The largest code of a symmetric grid: 2^(bits-1) - 1 signed, 2^bits - 1 unsigned.
double largest_code(const CodeGrid& grid);

/// [min, max] of all values (Jacob et al. 2018, arXiv:1712.05877).
struct MinMax {
  bool operator==(const MinMax&) const = default;
};

/// lo <- lo + momentum (min(batch) - lo), hi alike, from the first batch's extremes (arXiv:
/// 1712.05877, section 3.1). By definition it depends on the batches and their order.
struct MovingAverageMinMax {
  double momentum = 0.1;  ///< Weight of a new batch, in (0, 1].

  bool operator==(const MovingAverageMinMax&) const = default;
};

/// At most (100 - percent) % of the values lie below lo, and as many above hi, to one bin of the
/// histogram; 100 is min-max. AIMET's convention: each side is cut by the whole percentage.
struct Percentile {
  double percent = 99.99;  ///< In (50, 100].

  bool operator==(const Percentile&) const = default;
};

/// The range with the least sum (x - x')^2, x' = dequantised code of x, over the histogram
/// (`range_search.h`; as in Banner et al. 2019, arXiv:1810.05723, found by search).
struct MseSearch {
  bool operator==(const MseSearch&) const = default;
};

/// AIMET's "tf-enhanced" search: the same sum with the errors of clipped values weighted, over the
/// candidates of its SQNR analyser (`range_search.h`; Nagel et al. 2021, arXiv:2106.08295).
struct SqnrSearch {
  double clip_weight = 3;  ///< AIMET's gamma, greater than 0.

  bool operator==(const SqnrSearch&) const = default;
};

/// The clip of |x| with the least Kullback-Leibler divergence between the clipped and the quantised
/// histogram (`kl_entropy.h`; Migacz, "8-bit inference with TensorRT", GTC 2017).
struct KlEntropy {
  bool operator==(const KlEntropy&) const = default;
};

/// Statistics-aware weight binning: clip = c1 sqrt(E[w^2]) + c2 E|w|, at most max|w| (Choi et al.,
/// "Accurate and efficient 2-bit quantized neural networks", MLSys 2019). Symmetric signed codes of
/// 2..8 bits; c1 and c2 at `sawb_coefficients`.
struct Sawb {
  bool operator==(const Sawb&) const = default;
};

/// The first step of learned step size quantisation, 2 E|x| / sqrt(Q), Q the largest code (Esser et
/// al. 2020, arXiv:1902.08153). Symmetric codes; the range is that of all codes, +-step Q.
struct LsqStep {
  bool operator==(const LsqStep&) const = default;
};

/// The clip that a reparameterised clipping function learns, alpha (Li et al. 2020, arXiv:
/// 1909.13144): there its gradient of the squared error, by the straight-through estimator,
///
///   2 / alpha [ sum over |x| <= alpha of (x' - x)^2 - alpha sum over |x| > alpha of (|x| - alpha)
///   ]
///
/// is 0 (`range_search.h`). Symmetric codes.
struct Rcf {
  bool operator==(const Rcf&) const = default;
};

using RangeMethod = std::variant<MinMax, MovingAverageMinMax, Percentile, MseSearch, SqnrSearch,
                                 KlEntropy, Sawb, LsqStep, Rcf>;

/// Throws InputError about `key` where a parameter of the method is outside its range.
void check_method(const RangeMethod& method, const std::string& key);
/// Throws InputError about `key` where bits are outside 2..16 or the method has no rule for `grid`.
void check_grid(const RangeMethod& method, const CodeGrid& grid, const std::string& key);

}  // namespace systole
