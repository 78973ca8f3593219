// dtype.h: element types of tensors in files.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace systole {

/// Named as safetensors names them.
enum class Dtype : std::uint8_t {
  kBool,
  kU8,
  kI8,
  kU16,
  kI16,
  kU32,
  kI32,
  kU64,
  kI64,
  kF16,
  kBf16,
  kF32,
  kF64
};

inline constexpr std::array<std::string_view, 13> kDtypeNames = {
    "BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "F16", "BF16", "F32", "F64"};

inline constexpr std::array<std::int64_t, 13> kDtypeBytes = {1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 2, 4, 8};

constexpr std::string_view dtype_name(Dtype dtype) {
  return kDtypeNames[static_cast<std::size_t>(dtype)];
}
constexpr std::int64_t dtype_bytes(Dtype dtype) {
  return kDtypeBytes[static_cast<std::size_t>(dtype)];
}
constexpr bool is_real(Dtype dtype) { return dtype >= Dtype::kF16; }

}  // namespace systole
