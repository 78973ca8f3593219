// scales.h: what scales lose when they become integers; private to model/fuse/.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/fuse/fuse.h"

namespace systole {

/// What the conversion of `reals` to `channels` cost. Throws InputError where `format` is strict
/// and a scale became 0 or saturated.
ScaleReport report_scales(const std::string& op, std::span<const RealChannel> reals,
                          std::span<const MulQuantChannel> channels, const ScaleFormat& format);

}  // namespace systole
