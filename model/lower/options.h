// options.h: what a network is lowered to.
#pragma once

#include <optional>
#include <string>

#include "model/config/key_table.h"
#include "model/quant/scale_format.h"

namespace systole {

class Settings;

/// How requantisations become integers.
struct LowerScale {
  ScaleFormat format = {.bits = 32};
  bool keep_gemmlowp = false;  ///< Gemmlowp's stay as they are: for lanes that round twice.

  bool operator==(const LowerScale&) const = default;
};

struct LowerOptions {
  LowerScale scale = {};
  int stream_bits = 16;  ///< 8 or 16: reals that become integers between two ops.
  /// A convolution of reals by integer weights runs on their 9-bit codes, not on the host.
  bool image_codes = false;
  bool wrap = false;  ///< Accumulators may pass 32 bits: they wrap.

  bool operator==(const LowerOptions&) const = default;
};

/// What `parse_scale` takes, for complaints and help.
inline constexpr const char* kLowerScales =
    "normalized(BITS), fixed(BITS, FRACTIONAL_BITS) or gemmlowp, with BITS in [8, 32] and "
    "FRACTIONAL_BITS in [0, 62]";

/// One of `kLowerScales`; nothing when `text` is anything else. What is not gemmlowp's becomes
/// normalized(32) with `gemmlowp`.
std::optional<LowerScale> parse_scale(const std::string& text);

/// The `lower.*` keys of a run's configuration.
KeyTable lower_keys();

/// The options of a configuration whose table holds `lower_keys()`. Throws InputError.
LowerOptions parse_lower_options(const Settings& settings);

}  // namespace systole
