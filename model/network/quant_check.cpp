// quant_check.cpp: the bounds of one requantisation.
#include "model/network/quant_check.h"

#include <fmt/format.h>

#include <cmath>

#include "model/config/error.h"
#include "model/network/ranges.h"

namespace systole {
namespace {

__extension__ using Wide = __int128;

Wide magnitude(Wide value) { return value < 0 ? -value : value; }

InputError error(const std::string& key, const std::string& got, const std::string& expected,
                 const std::string& hint = "") {
  return InputError({.where = {}, .key = key, .got = got, .expected = expected, .hint = hint});
}

void expect_inside(const std::string& key, const IntRange& got, const IntType& type,
                   const std::string& what) {
  const IntRange range = type.range();
  if (got.lo > got.hi || !range.contains(got.lo) || !range.contains(got.hi))
    throw error(key, fmt::format("{} [{}, {}]", what, got.lo, got.hi),
                fmt::format("inside [{}, {}]", range.lo, range.hi));
}

/// Whose the constants at `index` are, of `count` for so many tokens.
std::string place(std::size_t index, std::size_t count, std::int64_t tokens) {
  const std::size_t width = count / static_cast<std::size_t>(tokens);
  if (tokens == 1 || count == 1) return fmt::format("channel {}", index);
  if (width == 1) return fmt::format("token {}", index);
  return fmt::format("channel {} of token {}", index % width, index / width);
}

void expect_shifts(const std::string& key, const MulQuantChannel& channel,
                   const std::string& place) {
  if (channel.shift < 0 || channel.shift > 62)
    throw error(key, fmt::format("shift {} in {}", channel.shift, place), "[0, 62]");
  if (channel.residual_shift < 0 || channel.residual_shift > channel.shift)
    throw error(key, fmt::format("residual shift {} in {}", channel.residual_shift, place),
                fmt::format("[0, {}], the shift", channel.shift));
}

}  // namespace

void check_quant(const std::string& key, const MulQuant& quant, std::int64_t acc,
                 const IntRange& residual, const IntType& output) {
  expect_inside(key, {quant.zero_point, quant.zero_point}, kQuantOperand, "zero point");
  expect_inside(key, quant.clamp, kQuantOperand, "clamp");
  expect_inside(key, quant.clamp, output, "clamp");
  expect_inside(key, residual, kQuantOperand, "residual operand");
  const Wide most_residual = largest_magnitude(residual);
  for (std::size_t c = 0; c < quant.channels.size(); ++c) {
    const MulQuantChannel& channel = quant.channels[c];
    const std::string where = place(c, quant.channels.size(), quant.tokens);
    expect_shifts(key, channel, where);
    const Wide factor = magnitude(Wide{channel.residual_scale}) << channel.residual_shift;
    const Wide sum = Wide{acc} * magnitude(Wide{channel.scale}) + magnitude(Wide{channel.bias}) +
                     most_residual * factor;
    if (sum >= Wide{1} << 62)
      throw error(
          key,
          fmt::format("a sum up to 2^{:.2f} in {}", std::log2(static_cast<double>(sum)), where),
          "below 2^62", "use a smaller scale and shift");
  }
}

void check_shift(const std::string& key, const std::vector<MulQuantChannel>& channels,
                 std::int64_t x) {
  for (std::size_t c = 0; c < channels.size(); ++c) {
    const std::string where = place(c, channels.size(), 1);
    expect_shifts(key, channels[c], where);
    const Wide sum =
        Wide{x} * magnitude(Wide{channels[c].scale}) + magnitude(Wide{channels[c].bias});
    if (sum >= Wide{1} << 31)
      throw error(
          key,
          fmt::format("a result up to 2^{:.2f} in {}", std::log2(static_cast<double>(sum)), where),
          "below 2^31", "use a smaller scale and shift");
  }
}

}  // namespace systole
