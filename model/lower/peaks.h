// peaks.h: the largest magnitudes that the reals of a faithful network take.
#pragma once

#include <map>
#include <string>

#include "model/network/batch.h"
#include "model/network/network.h"

namespace systole {

/// max |x| by the name of the op or input whose output holds reals; of a `score_softmax` of its
/// scores, the relative bias included and masks not.
using Peaks = std::map<std::string, double>;

/// Runs `network` on `inputs` (batch first), a few samples at a time. Throws InputError when the
/// inputs do not fit or a tensor is not finite.
Peaks measure_peaks(const IntNetwork& network, const AnyTensors& inputs);

/// Whether any op of `network` gives reals that lowering may have to bring to integers.
bool has_reals(const IntNetwork& network);

}  // namespace systole
