// import_trace.h: another tool's recorded tensors as a trace.
#pragma once

#include <string>

#include "golden/trace.h"

namespace systole {

/// A trace of the tensors in the safetensors file at `path`, which are named and laid out as the
/// inputs and ops of `network`; it need not hold all of them. Throws InputError when a name is
/// unknown, a tensor holds reals in place of integers or the reverse, or there is none at all.
Trace import_trace(const IntNetwork& network, const std::string& network_hash,
                   const std::string& path);

}  // namespace systole
