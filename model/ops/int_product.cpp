// int_product.cpp: operands in as few bits as are exact, weights packed a panel at a time.
#include "model/ops/int_product.h"

#include <algorithm>

namespace systole {
namespace {

/// Read, and multiplied by 0, after the last code.
constexpr std::size_t kSlack = 64;

template <class Code>
NarrowTensor filled(const Placement& placement, std::int32_t offset) {
  const std::size_t count = static_cast<std::size_t>(placement.size);
  NarrowTensor narrow{{}, sizeof(Code), offset};
  narrow.bytes.resize(count * sizeof(Code) + kSlack);
  if (placement.fill - offset != 0)
    std::fill_n(reinterpret_cast<Code*>(narrow.bytes.data()), count,
                static_cast<Code>(placement.fill - offset));
  return narrow;
}

/// Whether all elements and the fill are in [offset, offset + 255].
bool narrow_to_8(const IntTensor& x, const Placement& placement, const IntLoops& loops,
                 std::int32_t offset, NarrowTensor& narrow) {
  if (placement.fill < offset || placement.fill > offset + 255) return false;
  narrow = filled<std::uint8_t>(placement, offset);
  auto* codes = reinterpret_cast<std::uint8_t*>(narrow.bytes.data());
  const std::int32_t* from = x.data.data();
  for (const std::int64_t place : placement.places) {
    if (!loops.narrow8(from, placement.length, offset, codes + place)) return false;
    from += placement.length;
  }
  return true;
}

/// Rows [0, count) of `from`, `stride` apart; the others are `zeros`.
template <int Codes>
void pack_word(const std::int32_t* from, std::int64_t stride, std::int64_t count,
               const std::int32_t* zeros, std::int64_t columns, std::uint32_t* to) {
  const std::int32_t* row[Codes];
  for (int i = 0; i < Codes; ++i) row[i] = i < count ? from + i * stride : zeros;
  const auto bits = [&](int i, std::int64_t c) { return static_cast<std::uint32_t>(row[i][c]); };
  for (std::int64_t c = 0; c < columns; ++c) {
    if constexpr (Codes == 4)
      to[c] = (bits(0, c) & 255) | (bits(1, c) & 255) << 8 | (bits(2, c) & 255) << 16 |
              bits(3, c) << 24;
    else
      to[c] = (bits(0, c) & 65535) | bits(1, c) << 16;
  }
}

struct Panel {
  std::int64_t first, columns, padded;
};

/// The widest of 1, 2 or 4 vectors that the columns [first, end) fill, but for the last vector.
Panel panel_at(std::int64_t first, std::int64_t end, const IntLoops& loops) {
  std::int64_t padded = loops.columns;
  while (padded > loops.lanes && end - first <= padded - loops.lanes) padded /= 2;
  return {first, std::min(padded, end - first), padded};
}

/// [segments * words, padded] of the panel's columns.
template <int Codes>
std::vector<std::uint32_t> pack(const IntTensor& w, const RowShape& shape, const Panel& panel) {
  const std::int64_t words = (shape.length + Codes - 1) / Codes;
  const std::int64_t segments = static_cast<std::int64_t>(shape.segments.size());
  std::vector<std::uint32_t> packed(static_cast<std::size_t>(segments * words * panel.padded));
  const std::vector<std::int32_t> zeros(static_cast<std::size_t>(panel.columns));
  std::uint32_t* to = packed.data();
  for (std::int64_t s = 0; s < segments; ++s)
    for (std::int64_t k = 0; k < shape.length; k += Codes, to += panel.padded)
      pack_word<Codes>(w.data.data() + (s * shape.length + k) * w.channels() + panel.first,
                       w.channels(), shape.length - k, zeros.data(), panel.columns, to);
  return packed;
}

/// offset * sum_k w[k, j]: what the offset of x left out.
std::vector<std::int32_t> starts(const IntTensor& w, const Panel& panel, std::int32_t offset) {
  std::vector<std::int32_t> starts(static_cast<std::size_t>(panel.padded));
  if (offset == 0) return starts;
  for (std::int64_t j = 0; j < panel.columns; ++j) {
    std::uint32_t sum = 0;
    for (std::int64_t k = 0; k < w.rows(); ++k)
      sum += static_cast<std::uint32_t>(w[k * w.channels() + panel.first + j]);
    starts[static_cast<std::size_t>(j)] =
        static_cast<std::int32_t>(sum * static_cast<std::uint32_t>(offset));
  }
  return starts;
}

}  // namespace

NarrowTensor narrowed(const IntTensor& x, const Placement& placement, const IntLoops& loops,
                      bool may_be_8) {
  NarrowTensor narrow;
  if (may_be_8 && x.size() > 0) {
    if (narrow_to_8(x, placement, loops, 0, narrow)) return narrow;
    const std::int32_t lowest =
        std::min(placement.fill, *std::min_element(x.data.begin(), x.data.end()));
    if (lowest != 0 && narrow_to_8(x, placement, loops, lowest, narrow)) return narrow;
  }
  narrow = filled<std::int16_t>(placement, 0);
  auto* codes = reinterpret_cast<std::int16_t*>(narrow.bytes.data());
  const std::int32_t* from = x.data.data();
  for (const std::int64_t place : placement.places) {
    loops.narrow16(from, placement.length, codes + place);
    from += placement.length;
  }
  return narrow;
}

bool fits_8_bits(const IntTensor& w, const IntLoops& loops) {
  if (loops.multiply8 == nullptr) return false;
  std::uint32_t seen = 0;
  for (const std::int32_t value : w.data) seen |= static_cast<std::uint32_t>(value) + 128U;
  return seen <= 255;
}

bool fits_int16(const IntTensor& tensor) {
  return std::all_of(tensor.data.begin(), tensor.data.end(),
                     [](std::int32_t value) { return value == static_cast<std::int16_t>(value); });
}

void multiply_runs(const IntLoops& loops, const NarrowTensor& x, const RowShape& shape,
                   const std::vector<RowRun>& runs, const IntTensor& w, std::int64_t first,
                   std::int64_t count, std::int32_t* out, std::int64_t out_stride) {
  const bool is_8 = x.code_bytes == 1;
  std::vector<std::int64_t> segments = shape.segments;
  for (std::int64_t& segment : segments) segment *= x.code_bytes;

  PanelProduct product = {};
  product.x_stride = shape.stride * x.code_bytes;
  product.segments = segments.data();
  product.segment_count = static_cast<std::int64_t>(segments.size());
  product.words = (shape.length * x.code_bytes + 3) / 4;
  product.out_stride = out_stride;
  for (std::int64_t done = 0; done < count;) {
    const Panel panel = panel_at(first + done, first + count, loops);
    const std::vector<std::uint32_t> packed =
        is_8 ? pack<4>(w, shape, panel) : pack<2>(w, shape, panel);
    const std::vector<std::int32_t> start = starts(w, panel, x.offset);
    product.w = packed.data();
    product.start = start.data();
    product.columns = panel.columns;
    for (const RowRun& run : runs) {
      product.x = x.bytes.data() + run.x * x.code_bytes;
      product.rows = run.rows;
      product.out = out + run.out * out_stride + done;
      (is_8 ? loops.multiply8 : loops.multiply16)(product);
    }
    done += panel.columns;
  }
}

}  // namespace systole
