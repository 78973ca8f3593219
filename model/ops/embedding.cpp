// embedding.cpp: copies a row of the table per id.
#include "model/ops/embedding.h"

#include <algorithm>
#include <cmath>

namespace systole {

FloatTensor embedding(const FloatTensor& ids, const FloatTensor& table) {
  assert(table.shape.size() == 2 && !first_bad_id(ids, table.shape[0]));
  const std::int64_t channels = table.channels();
  Shape shape = ids.shape;
  shape.push_back(channels);
  FloatTensor y(shape);
  auto to = y.data.begin();
  for (const float id : ids.data)
    to = std::copy_n(table.data.begin() + static_cast<std::int64_t>(id) * channels, channels, to);
  return y;
}

std::optional<std::int64_t> first_bad_id(const FloatTensor& ids, std::int64_t rows) {
  const auto end = static_cast<double>(rows);
  // Written so that a NaN is none.
  const auto found = std::find_if_not(ids.data.begin(), ids.data.end(), [&](double id) {
    return id >= 0 && id < end && id == std::trunc(id);
  });
  if (found == ids.data.end()) return std::nullopt;
  return found - ids.data.begin();
}

}  // namespace systole
