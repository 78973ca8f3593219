// options.cpp: reads "normalized(32)".
#include "model/lower/options.h"

#include <regex>

#include "model/config/error.h"

namespace systole {

void parse_scale(const std::string& text, const std::string& key, LowerOptions& options) {
  static const std::regex kFormat(
      R"(\s*(?:(gemmlowp)|normalized\(\s*(\d{1,2})\s*\)|fixed\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\))\s*)");
  std::smatch match;
  if (std::regex_match(text, match, kFormat)) {
    options.keep_gemmlowp = match[1].matched;
    options.scale = {.bits = 32};
    if (match[1].matched) return;
    options.scale.is_normalized = match[2].matched;
    options.scale.bits = std::stoi(match[2].matched ? match[2] : match[3]);
    if (match[4].matched) options.scale.frac_bits = std::stoi(match[4]);
    const bool fits = 8 <= options.scale.bits && options.scale.bits <= 32;
    if (fits && (!match[4].matched || options.scale.frac_bits <= 62)) return;
  }
  throw InputError({.where = {},
                    .key = key,
                    .got = "'" + text + "'",
                    .expected = "normalized(BITS), fixed(BITS, FRACTIONAL_BITS) or gemmlowp, BITS "
                                "in [8, 32], FRACTIONAL_BITS in [0, 62]",
                    .hint = ""});
}

}  // namespace systole
