// stored_type.cpp: the form in which a trace stores a tensor.
#include "golden/stored_type.h"

#include <algorithm>

namespace systole {

SafetensorsEntry encode_stored(const TraceEntry& entry, const AnyTensor& tensor) {
  if (is_real(tensor)) return encode(entry.name, reals(tensor));
  const IntTensor& codes = integers(tensor);
  const IntRange range = entry.quantization.type.range();
  const bool fits = std::all_of(codes.data.begin(), codes.data.end(),
                                [&](std::int32_t value) { return range.contains(value); });
  return encode(entry.name, codes,
                fits ? entry.quantization.type : IntType{.bits = 32, .is_signed = true});
}

}  // namespace systole
