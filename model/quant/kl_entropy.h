// kl_entropy.h: the clip that keeps most of a distribution's information.
#pragma once

#include <cstdint>
#include <span>

#include "model/quant/histogram.h"

namespace systole {

/// Kullback-Leibler divergence sum P log(P / Q), of the histogram `counts` of magnitudes cut to its
/// first `kept` bins. P: those bins, the counts beyond added to the last. Q: the same bins without
/// the counts beyond, joined into `levels` groups of kept / levels bins (the last takes the
/// remainder), each spread evenly over its bins that are not empty in P. Both are normalised.
/// Infinite where Q is 0 and P is not. levels <= kept <= counts.size().
double clip_divergence(std::span<const std::int64_t> counts, std::int64_t kept,
                       std::int64_t levels);

/// The clip of `KlEntropy` for a histogram of |x|: (kept + 1/2) bins for the `kept` with the least
/// divergence (the first of equals), at most max|x|. Levels: 2^bits where the grid is unsigned, or
/// affine and the values have one sign; else 2^(bits-1). Fewer bins than levels: max|x|.
double kl_clip(const Histogram& magnitudes, std::int64_t levels);

}  // namespace systole
