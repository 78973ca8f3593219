// split.h: codes of 16 bits as two parts that the array takes, and sums of the parts put together.
//
// With d = code - zero_point: d = 256 * high + low, high = floor(d / 256), low = d mod 256, so that
// sum d * w = 256 * sum high * w + sum low * w.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/ops/int_product.h"
#include "model/tensor/tensor.h"

namespace systole {

enum class CodePart : std::uint8_t { kHigh, kLow };
inline constexpr std::array<std::string_view, 2> kCodePartNames = {"high", "low"};

/// One part of codes of at most 17 bits signed less their zero point: `high` in [-256, 255],
/// `low` in [0, 255].
struct SplitCodes {
  CodePart part = CodePart::kHigh;
  std::int32_t zero_point = 0;
  bool operator==(const SplitCodes&) const = default;
};

std::int32_t split(std::int32_t code, const SplitCodes& op);
IntTensor split(const IntTensor& codes, const SplitCodes& op);

/// 256 * high + low, element by element, modulo 2^32.
IntTensor join_sums(const IntTensor& high, const IntTensor& low);

/// product(x, part) of x less its zero point, where `product` takes elements of 16 bits signed;
/// wider ones go through it in two parts. `part` says how to split a code that x does not hold, of
/// padding; it is null where x is whole.
template <class Product>
IntTensor wide_product(const IntTensor& x, const Product& product) {
  if (fits_int16(x)) return product(x, nullptr);
  const SplitCodes high{CodePart::kHigh}, low{CodePart::kLow};
  return join_sums(product(split(x, high), &high), product(split(x, low), &low));
}

}  // namespace systole
