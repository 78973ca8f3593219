// rewrite.h: what happens to a float network before its quantizers are placed; private to
// model/fuse/.
#pragma once

#include "model/network/network.h"
#include "model/quant/recipe.h"
#include "model/quant/samples.h"
#include "model/quant/smooth_quant.h"

namespace systole {

/// Removes ops that pass their operand on, folds batch norms and smooths, as the recipe says. The
/// result computes the same, up to float32 rounding. Throws InputError where a parameter is not
/// finite or `smooth` names what is no product.
SmoothedNetwork rewrite(const FloatNetwork& network, const Recipe& recipe,
                        const SampleSource& samples, const BatchOptions& options);

}  // namespace systole
