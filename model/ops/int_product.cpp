// int_product.cpp: operands in as few bits as are exact, weights packed in panels of columns.
#include "model/ops/int_product.h"

#include <algorithm>

namespace systole {
namespace {

/// Codes read, and multiplied by 0 or not stored, after the last one.
constexpr std::int64_t kSlack = 64;

/// Codes of `placement`, whose runs `narrow` writes; false as soon as that is.
template <class Code, class Narrow>
bool place(const Placement& placement, std::int32_t offset, NarrowTensor& to, Narrow narrow) {
  const std::int64_t size = placement.size + kSlack;
  to = {std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(size) * sizeof(Code)),
        sizeof(Code), offset};
  auto* codes = reinterpret_cast<Code*>(to.bytes.get());
  const auto fill = static_cast<Code>(placement.fill - offset);
  std::int64_t done = 0;
  for (std::size_t i = 0; i < placement.places.size(); ++i) {
    std::fill(codes + done, codes + placement.places[i], fill);
    if (!narrow(static_cast<std::int64_t>(i) * placement.length, codes + placement.places[i]))
      return false;
    done = placement.places[i] + placement.length;
  }
  std::fill(codes + done, codes + size, fill);
  return true;
}

/// Whether all elements and the fill are in [offset, offset + 255].
bool place_8(const IntTensor& x, const Placement& placement, const IntLoops& loops,
             std::int32_t offset, NarrowTensor& to) {
  if (placement.fill < offset || placement.fill > offset + 255) return false;
  return place<std::uint8_t>(placement, offset, to, [&](std::int64_t from, std::uint8_t* codes) {
    return loops.narrow8(x.data.data() + from, placement.length, offset, codes);
  });
}

/// Panels of 1, 2 or 4 vectors, each the widest that the columns left fill but for its last vector.
std::vector<PackedPanel> panels(std::int64_t first, std::int64_t end, std::int64_t words,
                                const IntLoops& loops, std::int64_t& place) {
  std::vector<PackedPanel> panels;
  while (first < end) {
    std::int64_t padded = loops.columns;
    while (padded > loops.lanes && end - first <= padded - loops.lanes) padded /= 2;
    panels.push_back({first, std::min(padded, end - first), padded, place});
    first += panels.back().columns;
    place += words * padded;
  }
  return panels;
}

/// The words of all panels, row by row of w, which is read once; false when a weight is too wide.
template <int Codes>
bool pack(const IntTensor& w, const RowShape& shape, const IntLoops& loops, PackedWeights& to) {
  const std::int64_t n = w.channels();
  const std::vector<std::int32_t> zeros(static_cast<std::size_t>(n));
  std::int64_t word = 0;
  bool fits = true;
  for (std::int64_t segment = 0; segment < w.rows(); segment += shape.length) {
    for (std::int64_t k = 0; k < shape.length; k += Codes, ++word) {
      for (const std::vector<PackedPanel>& group : to.groups) {
        for (const PackedPanel& panel : group) {
          const std::int32_t* rows[Codes];
          for (int i = 0; i < Codes; ++i)
            rows[i] =
                (k + i < shape.length ? w.data.data() + (segment + k + i) * n : zeros.data()) +
                panel.first;
          std::uint32_t* words = to.words.get() + panel.words + word * panel.padded;
          if constexpr (Codes == 4)
            fits &= loops.pack8(rows, panel.columns, words);
          else
            loops.pack16(rows, panel.columns, words);
          std::fill(words + panel.columns, words + panel.padded, 0U);
        }
      }
    }
    if (!fits) return false;
  }
  return true;
}

/// Panels of columns of words of `codes` weights, and room for them.
PackedWeights room(const IntTensor& w, const RowShape& shape, std::int64_t groups,
                   std::int64_t codes, const IntLoops& loops) {
  PackedWeights to{.code_bytes = 4 / codes, .groups = {}, .words = {}};
  const std::int64_t words =
      static_cast<std::int64_t>(shape.segments.size()) * ((shape.length + codes - 1) / codes);
  const std::int64_t columns = w.channels() / groups;
  std::int64_t size = 0;
  for (std::int64_t group = 0; group < groups; ++group)
    to.groups.push_back(panels(group * columns, (group + 1) * columns, words, loops, size));
  to.words = std::make_unique_for_overwrite<std::uint32_t[]>(static_cast<std::size_t>(size));
  return to;
}

}  // namespace

NarrowTensor narrowed(const IntTensor& x, const Placement& placement, const IntLoops& loops,
                      bool may_be_8) {
  NarrowTensor narrow;
  if (may_be_8 && x.size() > 0) {
    if (place_8(x, placement, loops, 0, narrow)) return narrow;
    const std::int32_t lowest =
        std::min(placement.fill, *std::min_element(x.data.begin(), x.data.end()));
    if (lowest != 0 && place_8(x, placement, loops, lowest, narrow)) return narrow;
  }
  place<std::int16_t>(placement, 0, narrow, [&](std::int64_t from, std::int16_t* codes) {
    loops.narrow16(x.data.data() + from, placement.length, codes);
    return true;
  });
  return narrow;
}

bool fits_int16(const IntTensor& tensor) {
  return std::all_of(tensor.data.begin(), tensor.data.end(),
                     [](std::int32_t value) { return value == static_cast<std::int16_t>(value); });
}

std::vector<std::int32_t> offset_sums(const IntTensor& w, std::int32_t offset) {
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(w.channels()));
  const std::int32_t* weight = w.data.data();
  for (std::int64_t k = 0; offset != 0 && k < w.rows(); ++k)
    for (std::uint32_t& sum : sums)
      sum += static_cast<std::uint32_t>(*weight++) * static_cast<std::uint32_t>(offset);
  return {sums.begin(), sums.end()};
}

PackedWeights packed(const IntTensor& w, const RowShape& shape, std::int64_t groups,
                     const IntLoops& loops, bool may_be_8) {
  if (may_be_8 && loops.multiply8 != nullptr) {
    PackedWeights to = room(w, shape, groups, 4, loops);
    if (pack<4>(w, shape, loops, to)) return to;
  }
  PackedWeights to = room(w, shape, groups, 2, loops);
  pack<2>(w, shape, loops, to);
  return to;
}

void multiply_runs(const IntLoops& loops, const NarrowTensor& x, const RowShape& shape,
                   const std::vector<RowRun>& runs, const PackedWeights& w, std::size_t group,
                   const std::vector<std::int32_t>& start, std::int32_t* out,
                   std::int64_t out_stride) {
  assert(x.code_bytes == w.code_bytes);
  std::vector<std::int64_t> segments = shape.segments;
  for (std::int64_t& segment : segments) segment *= x.code_bytes;
  std::vector<std::int32_t> padded_start(static_cast<std::size_t>(loops.columns));

  PanelProduct product = {};
  product.x_stride = shape.stride * x.code_bytes;
  product.segments = segments.data();
  product.segment_count = static_cast<std::int64_t>(segments.size());
  product.words = (shape.length * x.code_bytes + 3) / 4;
  product.start = padded_start.data();
  product.out_stride = out_stride;
  for (const PackedPanel& panel : w.groups[group]) {
    std::copy_n(start.begin() + panel.first, panel.columns, padded_start.begin());
    product.w = w.words.get() + panel.words;
    product.columns = panel.columns;
    for (const RowRun& run : runs) {
      product.x = x.bytes.get() + run.x * x.code_bytes;
      product.rows = run.rows;
      product.out = out + run.out * out_stride + panel.first;
      (x.code_bytes == 1 ? loops.multiply8 : loops.multiply16)(product);
    }
  }
}

}  // namespace systole
