// options.h: what a network is lowered to.
#pragma once

#include <string>

#include "model/quant/recipe.h"

namespace systole {

struct LowerOptions {
  ScaleFormat scale = {.bits = 32};
  bool keep_gemmlowp = false;  ///< Requantisations that are gemmlowp's already stay as they are.
  int stream_bits = 16;        ///< 8 or 16: reals that become integers between two ops.
  bool wrap = false;           ///< Accumulators may pass 32 bits: they wrap.

  bool operator==(const LowerOptions&) const = default;
};

/// "normalized(BITS)", "fixed(BITS, FRACTIONAL_BITS)" or "gemmlowp" (what is not gemmlowp's then
/// becomes normalized(32)); BITS in [8, 32], FRACTIONAL_BITS in [0, 62]. Throws InputError at
/// `key`.
void parse_scale(const std::string& text, const std::string& key, LowerOptions& options);

}  // namespace systole
