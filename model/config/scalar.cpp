// scalar.cpp: strict number parsing on top of std::from_chars.
#include "model/config/scalar.h"

#include <charconv>
#include <cmath>

namespace systole {
namespace {

bool is_digit(char c) { return '0' <= c && c <= '9'; }

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0o")) {
    base = text[1] == 'x' ? 16 : 8;
    text.remove_prefix(2);
    if (text.starts_with('-')) return std::nullopt;
  } else if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }

  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<double> parse_real(std::string_view text) {
  const bool has_plus = text.starts_with('+');
  if (has_plus) text.remove_prefix(1);

  // from_chars also takes "inf" and "nan": a number starts with a digit or a point and a digit.
  std::string_view body = text;
  if (body.starts_with('-')) body.remove_prefix(1);
  const bool signed_twice = has_plus && body.size() != text.size();
  const bool starts_well =
      !body.empty() &&
      (is_digit(body[0]) || (body.size() > 1 && body[0] == '.' && is_digit(body[1])));
  if (signed_twice || !starts_well) return std::nullopt;

  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

}  // namespace systole
