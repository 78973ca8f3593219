// smooth_plan.h: which ops are smoothed together, and what divides their input.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/quant/channel_maxima.h"

namespace systole {

/// Ops that share their factors.
struct SmoothGroup {
  std::string source;  ///< The affine op that is to be divided, or the tensor that is.
  bool is_folded = false;
  std::int64_t channels = 0;  ///< Of the source: input channel j of an op has factor j % channels.
  std::vector<std::size_t> ops;  ///< Numbers of nodes, ascending.
};

/// Groups of the ops that `maxima` names, as `smooth` says; every one is in one group. `network`
/// and `maxima` must fit.
std::vector<SmoothGroup> plan_smoothing(const FloatNetwork& network, const ChannelMaxima& maxima,
                                        bool is_explicit);

}  // namespace systole
