// int_type.h: integer types of any width up to 32 bits and closed integer ranges.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace systole {

/// The closed range [lo, hi].
struct IntRange {
  std::int64_t lo = 0;
  std::int64_t hi = 0;

  bool contains(std::int64_t value) const { return lo <= value && value <= hi; }
  bool operator==(const IntRange&) const = default;
};

/// `bits` in [1, 32]; signed: [-2^(bits-1), 2^(bits-1)-1], unsigned: [0, 2^bits-1].
struct IntType {
  int bits = 8;
  bool is_signed = true;

  IntRange range() const;
  bool operator==(const IntType&) const = default;
};

/// "int8", "uint4", ...
std::string to_string(const IntType& type);

/// Parses `u?int<bits>`; false when `text` is anything else or bits are outside [1, 32].
bool parse_int_type(std::string_view text, IntType& type);

}  // namespace systole
