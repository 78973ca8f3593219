// sum_changes.h: what wrong accumulators look like.
#pragma once

#include <string>
#include <vector>

#include "sim/check/pattern.h"

namespace systole {

/// What all differing accumulators [m x channels] have in common: zero, another row's or channel's
/// sum, cut to fewer bits, a sum that was not cleared. In the order of how much they say; empty
/// when they have nothing of this kind in common.
std::vector<std::string> find_sum_changes(const IntTensor& golden, const IntTensor& got,
                                          const Differences& differences);

}  // namespace systole
