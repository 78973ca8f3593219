// scale_cost.h: what integer scales cost, in the values that they scale.
#pragma once

#include <map>
#include <string>

#include "model/fuse/fuse.h"
#include "model/quant/energy.h"
#include "model/quant/samples.h"

namespace systole {

/// Of every requantisation of codes or sums (averages of varying counts have several and are left
/// out): its real scale and bias against the integer ones, before rounding and clamping,
///
///   x = (acc - offset) scale + bias + (r - zp_r) scale_r     y = (acc s + b + r s_r 2^g) / 2^f
///
/// over the samples, on the integer path. Throws InputError when samples do not fit.
std::map<std::string, Energy> scale_costs(const FusedNetwork& fused, const EncodedNetwork& encoded,
                                          const SampleSource& samples,
                                          const BatchOptions& options = {});

}  // namespace systole
