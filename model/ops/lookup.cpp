// lookup.cpp: a code for every code, from a table.
#include "model/ops/lookup.h"

#include <algorithm>

namespace systole {

IntTensor lookup(const IntTensor& x, const IntTensor& table, std::int32_t lowest) {
  IntTensor y(x.shape);
  std::transform(x.data.begin(), x.data.end(), y.data.begin(), [&](std::int32_t code) {
    const std::int64_t index = std::int64_t{code} - lowest;
    assert(0 <= index && index < table.size());
    return table[index];
  });
  return y;
}

}  // namespace systole
