// quant_spec.cpp: the number formats, their limits and names.
#include "model/quant/quant_spec.h"

#include <fmt/format.h>

#include <cmath>

#include "model/config/error.h"
#include "model/network/overloaded.h"

namespace systole {
namespace {

void expect(bool condition, const std::string& name, const std::string& got,
            const std::string& expected) {
  if (!condition) throw InputError({.key = name, .got = got, .expected = expected});
}

void check(const IntFormat& format, const std::string& name) {
  const int least = format.is_signed ? 2 : 1;  // A mask has one.
  expect((least <= format.bits && format.bits <= 16) || format.bits == 32, name,
         fmt::format("{} bits", format.bits), "2 to 16 bits, or 32 of a bias");
  expect(format.bits != 32 || (format.is_signed && format.is_symmetric), name,
         "32 bits that are unsigned or have a zero point", "signed and symmetric codes of a bias");
  expect(format.is_signed || !format.is_narrow, name, "a narrow range of unsigned codes",
         "signed codes where the range is narrow");
}

void check(const FloatFormat& format, const std::string& name) {
  const bool is_ieee = format.specials == FloatSpecials::kIeee;
  const int least_exponent = is_ieee ? 2 : 1;
  const int least_mantissa = is_ieee ? 1 : 0;
  expect(least_exponent <= format.exponent_bits && format.exponent_bits <= 8, name,
         fmt::format("{} exponent bits", format.exponent_bits),
         fmt::format("{} to 8", least_exponent));
  expect(least_mantissa <= format.mantissa_bits && format.mantissa_bits <= 23, name,
         fmt::format("{} mantissa bits", format.mantissa_bits),
         fmt::format("{} to 23", least_mantissa));
  expect(-127 <= format.bias && format.bias <= 254, name, fmt::format("bias {}", format.bias),
         "an exponent bias in [-127, 254]");
  expect(format.saturates || format.specials != FloatSpecials::kNone, name,
         "no saturation and no code for an overflow",
         "saturation, or infinity or NaN among the codes");
  expect(format.largest() >= format.smallest_normal(), name, to_string(NumberFormat{format}),
         "a format with a normal number");
}

}  // namespace

IntRange IntFormat::range() const {
  IntRange range = IntType{.bits = bits, .is_signed = is_signed}.range();
  if (is_narrow) ++range.lo;
  return range;
}

double FloatFormat::largest() const {
  const int top = (1 << exponent_bits) - 1 - (specials == FloatSpecials::kIeee ? 1 : 0);
  std::int64_t mantissa = (std::int64_t{2} << mantissa_bits) - 1;  // With the leading 1.
  int exponent = top;
  if (specials == FloatSpecials::kNanOnly) {
    if (mantissa_bits > 0) {
      --mantissa;
    } else {
      --exponent;  // The only code of the largest exponent is NaN.
    }
  }
  return std::ldexp(static_cast<double>(mantissa), exponent - bias - mantissa_bits);
}

double FloatFormat::smallest_normal() const { return std::ldexp(1.0, 1 - bias); }

FloatFormat float8_e4m3() { return {}; }

FloatFormat float8_e5m2() {
  return {.exponent_bits = 5, .mantissa_bits = 2, .bias = 15, .specials = FloatSpecials::kIeee};
}

FloatFormat float8_e3m4() {
  return {.exponent_bits = 3, .mantissa_bits = 4, .bias = 3, .specials = FloatSpecials::kIeee};
}

FloatFormat float16() {
  return {.exponent_bits = 5, .mantissa_bits = 10, .bias = 15, .specials = FloatSpecials::kIeee};
}

std::string to_string(const NumberFormat& format) {
  return std::visit(
      Overloaded{[](const IntFormat& f) {
                   return to_string(IntType{.bits = f.bits, .is_signed = f.is_signed}) +
                          (f.is_narrow ? " (narrow)" : "");
                 },
                 [](const FloatFormat& f) {
                   return fmt::format("float E{}M{}", f.exponent_bits, f.mantissa_bits);
                 }},
      format);
}

void check_format(const NumberFormat& format, const std::string& name) {
  std::visit([&](const auto& f) { check(f, name); }, format);
}

}  // namespace systole
