// grouping.cpp: which elements of a tensor share a scale.
#include "model/quant/grouping.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/config/error.h"
#include "model/network/overloaded.h"

namespace systole {
namespace {

/// A group per index of `axis`.
void cut_axis(Grouping& grouping, const Shape& tensor, int axis, const std::string& name) {
  const int rank = static_cast<int>(tensor.size());
  if (axis < 0 || axis >= rank)
    throw InputError(
        {.key = name,
         .got = fmt::format("axis {} of a tensor of shape {}", axis, to_string(tensor)),
         .expected =
             rank == 0 ? "one scale for a scalar" : fmt::format("an axis in [0, {}]", rank - 1)});
  const auto at = static_cast<std::size_t>(axis);
  grouping.blocks[at] = 1;
  grouping.shape = {tensor[at]};
}

void cut_blocks(Grouping& grouping, const Shape& tensor, const Shape& sizes,
                const std::string& name) {
  if (sizes.size() != tensor.size())
    throw InputError({.key = name,
                      .got = fmt::format("block sizes {} of a tensor of shape {}", to_string(sizes),
                                         to_string(tensor)),
                      .expected = fmt::format("{} sizes, one per axis", tensor.size())});
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    const std::int64_t extent = tensor[axis];
    const std::int64_t size =
        sizes[axis] == kWholeAxis ? std::max<std::int64_t>(extent, 1) : sizes[axis];
    if (size <= 0 || extent % size != 0)
      throw InputError(
          {.key = name,
           .got = fmt::format("blocks of {} along axis {}, whose extent is {}", size, axis, extent),
           .expected = "a block size that divides the extent",
           .hint = fmt::format("{} takes the whole axis", kWholeAxis)});
    grouping.blocks[axis] = size;
    grouping.shape.push_back(extent / size);
  }
}

}  // namespace

Grouping group(const Shape& tensor, const Granularity& granularity, const std::string& name) {
  Grouping grouping;
  grouping.extents = tensor.empty() ? Shape{1} : tensor;
  for (const std::int64_t extent : grouping.extents)
    grouping.blocks.push_back(std::max<std::int64_t>(extent, 1));
  std::visit(Overloaded{[](const PerTensor&) {},
                        [&](const PerChannel& g) { cut_axis(grouping, tensor, g.axis, name); },
                        [&](const PerToken& g) { cut_axis(grouping, tensor, g.axis, name); },
                        [&](const Blocks& g) { cut_blocks(grouping, tensor, g.sizes, name); }},
             granularity);
  grouping.strides.assign(grouping.extents.size(), 0);
  std::int64_t stride = 1;
  for (std::size_t axis = grouping.extents.size(); axis-- > 0;) {
    grouping.strides[axis] = stride;
    stride *= grouping.extents[axis] / grouping.blocks[axis];
  }
  return grouping;
}

}  // namespace systole
