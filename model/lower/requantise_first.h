// requantise_first.h: sums are requantised before they are moved; private to model/lower/.
#pragma once

#include "model/network/network.h"

namespace systole {

/// product - movements - requantise with one constant for all becomes product - requantise -
/// movements: sums that a host op moved are no accumulators any more. The last movement takes the
/// requantisation's name; it gives the same codes.
IntNetwork requantise_first(IntNetwork network);

}  // namespace systole
