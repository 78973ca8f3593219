// int_kernel_loops.h: the loops of int_kernel.h over the vectors of one instruction set.
//
// Included by one file per instruction set, which is compiled for it. So nothing here may leave
// that file: `V` is a type of its unnamed namespace, and no function of the standard library is
// called, of which the linker might keep this copy for every processor.
#pragma once

#include <cstdint>

#include "model/ops/int_kernel.h"

namespace systole {

// V: kLanes sums of 32 bits in a Register;
//   load(p), store(p, r)     kLanes words
//   repeat(p)                the word at p in every lane
//   widen(p)                 codes at p, one per lane, the bits above them 0
//   add_products(sum, x, w)  sum + the products of all codes in a word, lane by lane

template <class V, int Rows, int Vectors>
void multiply_block(const PanelProduct& p, const std::byte* x, std::int32_t* out) {
  typename V::Register sums[Rows][Vectors];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < Vectors; ++j) sums[i][j] = V::load(p.start + j * V::kLanes);

  const std::uint32_t* weights = p.w;
  for (std::int64_t s = 0; s < p.segment_count; ++s) {
    const std::byte* segment = x + p.segments[s];
    for (std::int64_t k = 0; k < p.words; ++k, weights += Vectors * V::kLanes, segment += 4) {
      typename V::Register w[Vectors];
#pragma GCC unroll 4
      for (int j = 0; j < Vectors; ++j) w[j] = V::load(weights + j * V::kLanes);
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) {
        const typename V::Register pixel = V::repeat(segment + i * p.x_stride);
#pragma GCC unroll 4
        for (int j = 0; j < Vectors; ++j) sums[i][j] = V::add_products(sums[i][j], pixel, w[j]);
      }
    }
  }

  if (p.columns == Vectors * V::kLanes) {
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 4
      for (int j = 0; j < Vectors; ++j)
        V::store(out + i * p.out_stride + j * V::kLanes, sums[i][j]);
    return;
  }
  std::int32_t whole[Rows][Vectors * V::kLanes];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < Vectors; ++j) V::store(whole[i] + j * V::kLanes, sums[i][j]);
  for (int i = 0; i < Rows; ++i)
    for (std::int64_t c = 0; c < p.columns; ++c) out[i * p.out_stride + c] = whole[i][c];
}

/// All rows that whole blocks of `Rows` cover, then the rest in halves.
template <class V, int Rows, int Vectors>
void multiply_rows(const PanelProduct& p, std::int64_t row) {
  for (; row + Rows <= p.rows; row += Rows)
    multiply_block<V, Rows, Vectors>(p, p.x + row * p.x_stride, p.out + row * p.out_stride);
  if constexpr (Rows > 1) multiply_rows<V, Rows / 2, Vectors>(p, row);
}

/// V::kRows[v]: the rows whose sums, of 2^v vectors each, stay in registers.
template <class V>
void multiply_panel(const PanelProduct& p) {
  if (p.columns <= V::kLanes) return multiply_rows<V, V::kRows[0], 1>(p, 0);
  if (p.columns <= 2 * V::kLanes) return multiply_rows<V, V::kRows[1], 2>(p, 0);
  if constexpr (V::kRows[2] > 0) multiply_rows<V, V::kRows[2], 4>(p, 0);
}

template <class V, class Code, int Pixels>
void multiply_tap_block(const TapProduct& p, std::int64_t pixel, std::int64_t channel) {
  const std::int64_t w_stride = (p.channels + V::kLanes - 1) / V::kLanes * V::kLanes;
  const Code* x = reinterpret_cast<const Code*>(p.x) + pixel * p.x_stride + channel;
  typename V::Register sums[Pixels];
#pragma GCC unroll 4
  for (int i = 0; i < Pixels; ++i) sums[i] = V::load(p.start + channel);
  for (std::int64_t t = 0; t < p.tap_count; ++t) {
    const typename V::Register w = V::load(p.w + t * w_stride + channel);
#pragma GCC unroll 4
    for (int i = 0; i < Pixels; ++i)
      sums[i] = V::add_products(sums[i], V::widen(x + i * p.x_stride + p.taps[t]), w);
  }
  std::int32_t* out = p.out + pixel * p.channels + channel;
  if (channel + V::kLanes <= p.channels) {
#pragma GCC unroll 4
    for (int i = 0; i < Pixels; ++i) V::store(out + i * p.channels, sums[i]);
    return;
  }
  for (int i = 0; i < Pixels; ++i) {
    std::int32_t whole[V::kLanes];
    V::store(whole, sums[i]);
    for (std::int64_t c = 0; c < p.channels - channel; ++c) out[i * p.channels + c] = whole[c];
  }
}

template <class V, class Code, int Pixels = 4>
void multiply_taps(const TapProduct& p, std::int64_t pixel) {
  for (; pixel + Pixels <= p.pixels; pixel += Pixels)
    for (std::int64_t c = 0; c < p.channels; c += V::kLanes)
      multiply_tap_block<V, Code, Pixels>(p, pixel, c);
  if constexpr (Pixels > 1) multiply_taps<V, Code, Pixels / 2>(p, pixel);
}

template <class V, class Code>
void multiply_all_taps(const TapProduct& p) {
  multiply_taps<V, Code>(p, 0);
}

// The compiler vectorises the rest: V only keeps them to one file.
template <class V>
bool narrow_to_8(const std::int32_t* x, std::int64_t count, std::int32_t offset, std::uint8_t* to) {
  std::uint32_t seen = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint32_t code =
        static_cast<std::uint32_t>(x[i]) - static_cast<std::uint32_t>(offset);
    seen |= code;
    to[i] = static_cast<std::uint8_t>(code);
  }
  return seen <= 255;
}

template <class V>
void narrow_to_16(const std::int32_t* x, std::int64_t count, std::int16_t* to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<std::int16_t>(x[i]);
}

template <class V>
bool pack_4(const std::int32_t* const rows[4], std::int64_t columns, std::uint32_t* to) {
  const std::int32_t *row0 = rows[0], *row1 = rows[1], *row2 = rows[2], *row3 = rows[3];
  std::uint32_t seen = 0;
  for (std::int64_t c = 0; c < columns; ++c) {
    // From [-128, 127] to [0, 255], of which exclusive or makes two's complement.
    const std::uint32_t a = static_cast<std::uint32_t>(row0[c]) + 128;
    const std::uint32_t b = static_cast<std::uint32_t>(row1[c]) + 128;
    const std::uint32_t d = static_cast<std::uint32_t>(row2[c]) + 128;
    const std::uint32_t e = static_cast<std::uint32_t>(row3[c]) + 128;
    seen |= a | b | d | e;
    to[c] = (a | b << 8 | d << 16 | e << 24) ^ 0x80808080;
  }
  return seen <= 255;
}

template <class V>
void pack_2(const std::int32_t* const rows[2], std::int64_t columns, std::uint32_t* to) {
  const std::int32_t *row0 = rows[0], *row1 = rows[1];
  for (std::int64_t c = 0; c < columns; ++c)
    to[c] = (static_cast<std::uint32_t>(row0[c]) & 65535) | static_cast<std::uint32_t>(row1[c])
                                                                << 16;
}

/// The loops over V, whose words are two codes of 16 bits.
template <class V>
constexpr IntLoops loops_over() {
  return {.lanes = V::kLanes,
          .columns = (V::kRows[2] > 0 ? 4 : 2) * V::kLanes,
          .multiply8 = nullptr,
          .multiply16 = multiply_panel<V>,
          .multiply_taps8 = multiply_all_taps<V, std::uint8_t>,
          .multiply_taps16 = multiply_all_taps<V, std::int16_t>,
          .narrow8 = narrow_to_8<V>,
          .narrow16 = narrow_to_16<V>,
          .pack8 = pack_4<V>,
          .pack16 = pack_2<V>};
}

// One per file.
const IntLoops& plain_int_loops();
const IntLoops& sse2_int_loops();
const IntLoops& avx2_int_loops();
const IntLoops& avx512_vnni_int_loops();

}  // namespace systole
