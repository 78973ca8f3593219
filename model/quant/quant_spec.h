// quant_spec.h: how a tensor is to be quantised: number format, groups that share a scale,
// rounding.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "model/ops/rounding.h"
#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Integer codes. `bits` is in [2, 16]; 1 of a mask's unsigned codes; or 32 where codes are signed
/// and symmetric: the type in which AIMET 2.0.0 and ONNX hold biases.
struct IntFormat {
  int bits = 8;
  bool is_signed = true;
  bool is_symmetric = true;  ///< Zero point 0.
  bool is_narrow = false;    ///< Signed codes without -2^(bits-1), so that both ends are equal.

  IntRange range() const;
  bool operator==(const IntFormat&) const = default;
};

/// Which codes of a float format are no numbers.
enum class FloatSpecials : std::uint8_t {
  kIeee,     ///< The largest exponent: infinity where the mantissa is 0, NaN elsewhere.
  kNanOnly,  ///< No infinity; NaN where exponent and mantissa are all ones ("fn").
  kNone      ///< Every code is a number.
};

/// Sign, `exponent_bits` e, `mantissa_bits` m. A code of exponent field E and mantissa field M is
///
///   (-1)^sign 2^(E - bias) (1 + M / 2^m)      E > 0 (a normal number)
///   (-1)^sign 2^(1 - bias) (M / 2^m)          E = 0 (0, and the subnormal numbers)
///
/// Without subnormals, E = 0 is 0 whatever M is.
struct FloatFormat {
  int exponent_bits = 4;  ///< [1, 8]; 2 or more where the specials are IEEE's.
  int mantissa_bits = 3;  ///< [0, 23]; 1 or more where the specials are IEEE's.
  int bias = 7;           ///< [-127, 254].
  FloatSpecials specials = FloatSpecials::kNanOnly;
  bool has_subnormals = true;
  /// What rounds beyond the largest number becomes it; otherwise it becomes infinity (`kIeee`) or
  /// NaN (`kNanOnly`). `kNone` must saturate.
  bool saturates = true;

  double largest() const;          ///< The largest number.
  double smallest_normal() const;  ///< 2^(1 - bias).
  bool operator==(const FloatFormat&) const = default;
};

/// OCP 8-bit Floating Point Specification 1.0: largest 448, no infinity, NaN is S.1111.111.
FloatFormat float8_e4m3();
/// The same specification: IEEE's specials, largest 57344.
FloatFormat float8_e5m2();
/// As ml_dtypes' float8_e3m4: IEEE's specials, bias 3, largest 15.5.
FloatFormat float8_e3m4();
/// IEEE 754 binary16: largest 65504.
FloatFormat float16();

using NumberFormat = std::variant<IntFormat, FloatFormat>;

/// One scale for all.
struct PerTensor {
  bool operator==(const PerTensor&) const = default;
};
/// One scale for every index along `axis`, which holds channels.
struct PerChannel {
  int axis = 0;
  bool operator==(const PerChannel&) const = default;
};
/// One scale for every index along `axis`, which holds tokens. The groups are those of PerChannel;
/// what differs is that a product's scale then varies over its rows.
struct PerToken {
  int axis = 0;
  bool operator==(const PerToken&) const = default;
};
inline constexpr std::int64_t kWholeAxis = -1;
/// One scale for every block; one size per axis of the tensor, `kWholeAxis` for the axis's extent.
struct Blocks {
  Shape sizes;
  bool operator==(const Blocks&) const = default;
};
using Granularity = std::variant<PerTensor, PerChannel, PerToken, Blocks>;

/// What scales, x / Δ and the way back are computed in. Dialects differ (model/README.md,
/// Dialects); where a tool says nothing it is double, rounded to float once at the end.
enum class Arithmetic : std::uint8_t {
  kDouble,
  /// Every operation rounded to float32 on its own, with the scale as it is held: f32(x / f32(Δ))
  /// and f32((q - zp) f32(Δ)) as AIMET's simulator and ONNX's reference do, f32(x f32(S)) and
  /// f32((q - zp) / f32(S)) as Torch2Chip does. A scale must be a normal float32.
  kFloat32
};

struct QuantSpec {
  NumberFormat format = IntFormat{};
  Granularity granularity = PerTensor{};
  Rounding rounding = Rounding::kHalfEven;

  bool operator==(const QuantSpec&) const = default;
};

/// "int8", "uint4", "int8 (narrow)", "float E4M3".
std::string to_string(const NumberFormat& format);

/// Throws InputError, naming `name`, when the format is none that is described above.
void check_format(const NumberFormat& format, const std::string& name);

}  // namespace systole
