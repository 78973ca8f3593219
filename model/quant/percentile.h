// percentile.h: the range without a share of the values at either end.
#pragma once

#include "model/quant/encoding.h"
#include "model/quant/histogram.h"

namespace systole {

/// `Percentile`: the outer edges, or the extreme values where those lie further in, of the
/// outermost bins that keep at most (100 - percent) % of the values beyond them. percent is in (50,
/// 100].
RealRange percentile_range(const Histogram& histogram, double percent);

}  // namespace systole
