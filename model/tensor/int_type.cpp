// int_type.cpp: ranges and names of integer types.
#include "model/tensor/int_type.h"

#include <charconv>

namespace systole {

IntRange IntType::range() const {
  if (is_signed) return {-(std::int64_t{1} << (bits - 1)), (std::int64_t{1} << (bits - 1)) - 1};
  return {0, (std::int64_t{1} << bits) - 1};
}

std::string to_string(const IntType& type) {
  return (type.is_signed ? "int" : "uint") + std::to_string(type.bits);
}

bool parse_int_type(std::string_view text, IntType& type) {
  IntType parsed;
  parsed.is_signed = !text.starts_with('u');
  if (!parsed.is_signed) text.remove_prefix(1);
  if (!text.starts_with("int")) return false;
  text.remove_prefix(3);
  if (text.empty() || text[0] < '1' || text[0] > '9') return false;  // No sign, no leading zero.

  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, parsed.bits);
  if (error != std::errc{} || stop != end || parsed.bits > 32) return false;
  type = parsed;
  return true;
}

}  // namespace systole
