// tool_op_fields.h: keys that ops of other tools' networks share; private to model/network/.
#pragma once

#include "model/network/op_fields.h"
#include "model/network/quant_fields.h"

namespace systole {

inline constexpr IntRange kZeroPoints = {-65536, 65535};  // 17 bits signed.

inline std::int32_t read_zero_point(const OpFields& fields, std::string_view key) {
  return static_cast<std::int32_t>(fields.integer_or(key, 0, kZeroPoints));
}

/// [multiplier, shift].
QuantizedMultiplier read_factor(const OpFields& fields, std::string_view key);
/// ", key: [multiplier, shift]".
std::string factor_text(std::string_view key, const QuantizedMultiplier& factor);

/// False where the key is absent.
inline bool read_flag(const OpFields& fields, std::string_view key) {
  const auto value = fields.yaml().find(key);
  return value && value->as_bool();
}

/// The declared output with its zero point, and the clamp.
inline IntRange read_codes(const OpFields& fields, Quantization& output) {
  output = read_output(fields);
  output.zero_point = read_zero_point(fields, "zero_point");
  return read_clamp(fields, "clamp", output.type);
}

}  // namespace systole
