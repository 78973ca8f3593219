// descriptors.h: the passes of a job as rows of 32-bit integers, for a sequencer or firmware.
#pragma once

#include "sim/image/contents.h"

namespace systole {

/// One row per pass of `layout`, whose columns are `ImageTensor::fields`: those of the command,
/// then `tile`, the output tile; `weight_beat`, the first of the pass's beats among those of the
/// op's weights; `parameter`, the first of its columns among those of the op's parameters.
Content describe_passes(const Job& job, const Layout& layout);

}  // namespace systole
