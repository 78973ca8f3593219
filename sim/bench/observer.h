// observer.h: sees every beat that a design gives.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/channel/beats.h"

namespace systole {

/// Called for an output or tap beat with its number in the job, from 0, and the job's cycle of its
/// transfer, from 1.
using BeatObserver = std::function<void(Channel channel, std::uint64_t beat, std::uint64_t cycle)>;

}  // namespace systole
