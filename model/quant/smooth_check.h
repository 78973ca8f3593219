// smooth_check.h: what SmoothQuant can work with.
#pragma once

#include "model/network/network.h"
#include "model/quant/channel_maxima.h"

namespace systole {

/// Throws InputError unless `smooth` can take these (its own list of errors).
void check_smoothing(const FloatNetwork& network, const ChannelMaxima& maxima, double alpha);

}  // namespace systole
