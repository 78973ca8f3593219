// options.cpp: what a network is lowered to.
#include "model/lower/options.h"

#include <regex>

#include "model/config/settings.h"

namespace systole {

std::optional<LowerScale> parse_scale(const std::string& text) {
  static const std::regex kNormalized(R"(\s*normalized\(\s*(\d{1,2})\s*\)\s*)");
  static const std::regex kFixed(R"(\s*fixed\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)\s*)");
  if (text == "gemmlowp") return LowerScale{.keep_gemmlowp = true};
  std::smatch match;
  LowerScale scale;
  if (std::regex_match(text, match, kFixed)) {
    scale.format.kind = ScaleFormat::Kind::kFixed;
    scale.format.frac_bits = std::stoi(match[2]);
  } else if (!std::regex_match(text, match, kNormalized)) {
    return std::nullopt;
  }
  scale.format.bits = std::stoi(match[1]);
  const bool fits =
      8 <= scale.format.bits && scale.format.bits <= 32 && scale.format.frac_bits <= 62;
  return fits ? std::optional(scale) : std::nullopt;
}

KeyTable lower_keys() {
  return {{.key = "lower.scale",
           .default_value = "normalized(32)",
           .help = std::string("What requantisations of an imported network become: ") +
                   kLowerScales + "."},
          {.key = "lower.streams",
           .type = KeyType::kChoice,
           .default_value = "16",
           .choices = {"16", "8"},
           .help = "Width of an imported network's reals, such as residual streams, as integers."},
          {.key = "lower.images",
           .type = KeyType::kChoice,
           .default_value = "host",
           .choices = {"host", "9"},
           .help = "What becomes of a first convolution of a float image by integer weights: the "
                   "host computes it in float, or the design on the image in 9-bit codes, which "
                   "moves its results a little."}};
}

LowerOptions parse_lower_options(const Settings& settings) {
  const auto scale = parse_scale(settings.text("lower.scale"));
  if (!scale) throw settings.error("lower.scale", kLowerScales);
  return {.scale = *scale,
          .stream_bits = settings.choice("lower.streams") == "8" ? 8 : 16,
          .image_codes = settings.choice("lower.images") == "9"};
}

}  // namespace systole
