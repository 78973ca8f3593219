// stored_type.h: the form in which a trace stores a tensor; private to golden/.
#pragma once

#include "golden/trace.h"
#include "model/tensor/safetensors.h"

namespace systole {

/// Reals as float32; integers in the declared type, or in 32 bits signed where a faulty design's
/// values lie outside of it: a trace shows what was computed, not what should have been.
SafetensorsEntry encode_stored(const TraceEntry& entry, const AnyTensor& tensor);

}  // namespace systole
