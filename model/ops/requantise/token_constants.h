// token_constants.h: which of an op's constants belongs to an element.
#pragma once

#include <cstddef>
#include <cstdint>

namespace systole {

/// Constants of an op come in `tokens` rows, of one for all channels or of one per channel; a
/// single one is for everything. Row r of a tensor takes constants of row r mod tokens.
struct TokenConstants {
  std::size_t first = 0;  ///< Of the row.
  std::size_t step = 0;   ///< From one channel to the next: 0 or 1.

  std::size_t operator()(std::size_t channel) const { return first + step * channel; }
};

/// Where the constants of `row` are among `count`, which is 1, tokens, or tokens * channels.
inline TokenConstants token_constants(std::size_t count, std::int64_t tokens, std::int64_t row) {
  if (count <= 1) return {};
  if (tokens == 1) return {.step = 1};
  const std::size_t width = count / static_cast<std::size_t>(tokens);
  return {static_cast<std::size_t>(row % tokens) * width, width == 1 ? std::size_t{0} : 1};
}

/// Whether `count` constants are as many as the rule above allows.
inline bool fits_tokens(std::size_t count, std::int64_t tokens, std::int64_t channels) {
  const auto n = static_cast<std::int64_t>(count);
  return n == 1 || n == tokens || n == tokens * channels;
}

}  // namespace systole
