// grouping.h: which elements of a tensor share a scale.
#pragma once

#include <cstdint>
#include <string>

#include "model/quant/quant_spec.h"

namespace systole {

/// A tensor cut into equal blocks. Groups are numbered row-major over the blocks.
struct Grouping {
  Shape extents;  ///< Of the tensor; rank 1 or more (a scalar is [1]).
  Shape blocks;   ///< Of one group, per axis; every one divides its extent.
  Shape strides;  ///< Per axis: what the next block adds to the group's number.
  Shape shape;    ///< In the granularity's own form: [], [indices of the axis], or blocks per axis.

  std::int64_t count() const { return element_count(shape); }
};

/// Throws InputError, naming `name`, when an axis is not in [0, rank), the number of block sizes is
/// not the rank, or a block does not divide its extent (axis, extent and block are named).
Grouping group(const Shape& tensor, const Granularity& granularity, const std::string& name);

/// Calls visit(element, group) for every element of the tensor in order, both row-major numbers.
template <class Visit>
void for_each_element(const Grouping& grouping, Visit visit) {
  const std::size_t last = grouping.extents.size() - 1;
  const std::int64_t width = grouping.extents[last];
  const std::int64_t block = grouping.blocks[last];
  const std::int64_t count = element_count(grouping.extents);
  Shape row(grouping.extents.size(), 0);  // The index of the row's first element.
  for (std::int64_t element = 0; element < count;) {
    std::int64_t first = 0;
    for (std::size_t axis = 0; axis < last; ++axis)
      first += row[axis] / grouping.blocks[axis] * grouping.strides[axis];
    for (std::int64_t i = 0; i < width; ++i)
      visit(element++, block == width ? first : first + i / block * grouping.strides[last]);
    for (std::size_t axis = last; axis-- > 0;) {
      if (++row[axis] < grouping.extents[axis]) break;
      row[axis] = 0;
    }
  }
}

}  // namespace systole
