// range_search.h: ranges chosen by searching over a histogram.
#pragma once

#include "model/quant/encoding.h"
#include "model/quant/histogram.h"
#include "model/quant/range_methods.h"

namespace systole {

/// Sum over the values of weight (x - x')^2, x' the dequantised code, weight `clip_weight` where x
/// is clipped (is further than half a step from x') and 1 elsewhere. A bin's values are taken at
/// its middle, or at the nearest value of the histogram's range; where a step is no wider than a
/// bin, a value that is not clipped counts step^2 / 12, the mean of an even spread.
double quantisation_noise(const Histogram& histogram, const Quantizer& quantizer,
                          double clip_weight);

/// `MseSearch`. Both ends shrink together in 256 steps from the full range; affine codes then move
/// each end alone, twice; a last pass looks at 16 places on either side, a sixteenth of a step
/// apart. Of equals, the wider range wins.
RealRange mse_range(const Histogram& histogram, const CodeGrid& grid);

/// `SqnrSearch`. Symmetric codes: 101 steps k D / 100, k = 1..101, D = 2 max|x| / (2^bits - 1)
/// signed, max(x) / (2^bits - 1) unsigned. Affine codes: steps k D / 16, k = 1..17, D = (hi - lo) /
/// (2^bits - 1), each with up to 20 evenly spread zero points and the full range's own, cut to the
/// full range. Of equals, the first wins.
RealRange sqnr_range(const Histogram& histogram, const CodeGrid& grid, double clip_weight);

/// `Rcf`: alpha, by bisection between 0 and max|x| (unsigned codes: max(x, 0)).
RealRange rcf_range(const Histogram& histogram, const CodeGrid& grid);

}  // namespace systole
