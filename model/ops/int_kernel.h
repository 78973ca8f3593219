// int_kernel.h: the inner loops of int_matmul and int_conv2d, once per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace systole {

/// Instruction sets that the loops are written for. Integer sums modulo 2^32 do not depend on their
/// order, so all give the same tensors.
enum class IntKernel { kPlain, kSse2, kAvx2, kAvx512Vnni };

/// "plain", "sse2", "avx2", "avx512_vnni".
std::string_view to_string(IntKernel kernel);

/// Those that this processor can run, slowest first; `kPlain` always.
std::vector<IntKernel> available_int_kernels();

/// The last of them.
IntKernel fastest_int_kernel();

/// Rows of narrow x, each in segments of whole 32-bit words: 4 unsigned codes of 8 bits or 2 signed
/// of 16. Words of w hold as many signed weights, of one column.
struct PanelProduct {
  const std::byte* x;     ///< The first row.
  std::int64_t x_stride;  ///< Bytes from a row to the next.
  std::int64_t rows;
  const std::int64_t* segments;  ///< Bytes from a row's place to each of its segments.
  std::int64_t segment_count;
  std::int64_t words;         ///< Per segment.
  const std::uint32_t* w;     ///< [segment_count * words, columns, padded to whole vectors].
  const std::int32_t* start;  ///< Where the sum of each column starts; padded likewise.
  std::int64_t columns;       ///< At most IntLoops::columns.
  std::int32_t* out;          ///< [rows, columns].
  std::int64_t out_stride;    ///< Elements from a row to the next.
};

/// Pixels of a depthwise convolution, whose x has codes of 8 bits unsigned or 16 signed:
/// out[p, c] = start[c] + sum_t x[p * x_stride + taps[t] + c] * w[t, c].
struct TapProduct {
  const std::byte* x;     ///< The first pixel.
  std::int64_t x_stride;  ///< Elements from a pixel to the next.
  std::int64_t pixels;
  const std::int64_t* taps;  ///< Elements from a pixel's place to each of its taps.
  std::int64_t tap_count;
  const std::uint32_t* w;     ///< [tap_count, channels padded to whole vectors], the low 16 bits.
  const std::int32_t* start;  ///< Padded likewise.
  std::int64_t channels;      ///< A vector may be read where the last one of x begins.
  std::int32_t* out;          ///< [pixels, channels].
};

/// The loops of one instruction set. Sums wrap modulo 2^32.
struct IntLoops {
  std::int64_t lanes;                      ///< Sums in a vector.
  std::int64_t columns;                    ///< The widest panel: 2 or 4 vectors.
  void (*multiply8)(const PanelProduct&);  ///< Null where there is no exact 8-bit product.
  void (*multiply16)(const PanelProduct&);
  void (*multiply_taps8)(const TapProduct&);
  void (*multiply_taps16)(const TapProduct&);
  /// to[i] = x[i] - offset; false when one of them is outside [0, 255].
  bool (*narrow8)(const std::int32_t* x, std::int64_t count, std::int32_t offset, std::uint8_t* to);
  /// to[i] = x[i], its low 16 bits.
  void (*narrow16)(const std::int32_t* x, std::int64_t count, std::int16_t* to);
  /// Column by column the word of 4 rows; false when one of their elements is outside [-128, 127].
  bool (*pack8)(const std::int32_t* const rows[4], std::int64_t columns, std::uint32_t* to);
  /// The same of 2 rows, their low 16 bits.
  void (*pack16)(const std::int32_t* const rows[2], std::int64_t columns, std::uint32_t* to);
};

const IntLoops& loops_of(IntKernel kernel);

}  // namespace systole
