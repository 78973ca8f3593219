// embedding.cpp: copies a row of the table per id.
#include "model/ops/embedding.h"

#include <algorithm>
#include <cmath>

namespace systole {

FloatTensor embedding(const IntTensor& ids, const FloatTensor& table) {
  assert(table.shape.size() == 2 && !first_outside(ids, table.shape[0]));
  const std::int64_t channels = table.channels();
  Shape shape = ids.shape;
  shape.push_back(channels);
  FloatTensor y(shape);
  auto to = y.data.begin();
  for (const std::int32_t id : ids.data)
    to = std::copy_n(table.data.begin() + id * channels, channels, to);
  return y;
}

std::optional<std::int64_t> first_outside(const IntTensor& ids, std::int64_t rows) {
  const auto found = std::find_if(ids.data.begin(), ids.data.end(),
                                  [&](std::int32_t id) { return id < 0 || id >= rows; });
  if (found == ids.data.end()) return std::nullopt;
  return found - ids.data.begin();
}

std::optional<IntTensor> whole_numbers(const FloatTensor& x) {
  IntTensor whole(x.shape);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    // Written so that a NaN is none.
    if (!(x[i] >= -0x1p31F && x[i] < 0x1p31F) || x[i] != std::trunc(x[i])) return std::nullopt;
    whole[i] = static_cast<std::int32_t>(x[i]);
  }
  return whole;
}

}  // namespace systole
