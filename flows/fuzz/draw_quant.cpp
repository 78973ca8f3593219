// draw_quant.cpp: scale, then shift, residual and bias in what room is left.
#include "flows/fuzz/draw_quant.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace systole {
namespace {

constexpr int kMostShift = 62;
constexpr std::int64_t kSumLimit = (std::int64_t{1} << 62) - 1;
constexpr IntRange kCode = {-65536, 65535};  // 17 bits signed.

int bits_of(std::int64_t magnitude) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(magnitude)));
}

/// In [-limit - 1, limit], of any magnitude. The lowest only where `has_lowest`.
std::int32_t draw_scale(Dice& dice, std::int64_t limit, bool has_lowest) {
  std::int64_t scale = 0;
  const std::int64_t kind = dice.between(0, 9);
  if (kind < 2)
    scale = dice.one_of<std::int64_t>({0, 1, -1, limit, -limit, has_lowest ? -limit - 1 : -limit});
  else if (kind < 4)
    scale = std::int64_t{1} << dice.between(0, std::max(0, bits_of(limit) - 1));
  else
    scale = dice.between(0, (std::int64_t{1} << dice.between(1, std::max(1, bits_of(limit)))) - 1);
  if (kind >= 2 && dice.percent(40)) scale = -scale;
  return static_cast<std::int32_t>(std::clamp(scale, has_lowest ? -limit - 1 : -limit, limit));
}

std::int64_t largest_scale(std::uint32_t scale_bits, std::int64_t room, std::int64_t operand) {
  const std::int64_t widest = (std::int64_t{1} << (scale_bits - 1)) - 1;
  return std::min(widest, room / std::max<std::int64_t>(operand, 1));
}

/// Ties are common where few bits are shifted out.
int draw_shift(Dice& dice, std::int64_t product) {
  const std::int64_t kind = dice.between(0, 9);
  if (kind < 2) return static_cast<int>(dice.between(0, kMostShift));
  if (kind < 4) return dice.one_of<int>({0, 1, 2, 30, 31, 32, 33, 61, 62});
  if (kind < 6) return static_cast<int>(dice.between(0, 4));
  return std::clamp(bits_of(product) - static_cast<int>(dice.between(2, 17)), 0, kMostShift);
}

std::int64_t draw_bias(Dice& dice, std::int64_t room, std::int64_t product, int shift) {
  const std::int64_t half = shift == 0 ? 0 : std::int64_t{1} << (shift - 1);
  std::int64_t bias = 0;
  const std::int64_t kind = dice.between(0, 9);
  if (kind < 3)
    bias = dice.one_of<std::int64_t>({0, 1, -1, half, -half, half - 1, room, -room});
  else if (kind < 8)
    bias = dice.between(-std::max(product, half), std::max(product, half));
  else
    bias = dice.between(-room, room) >> dice.between(0, kMostShift);
  return std::clamp(bias, -room, room);
}

MulQuantChannel draw_channel(Dice& dice, const QuantBounds& bounds) {
  constexpr std::int64_t kPart = std::int64_t{1} << 61;  // At most half of the sum.
  MulQuantChannel channel;
  const std::int64_t limit = largest_scale(bounds.scale_bits, kPart - 1, bounds.operand);
  const bool is_widest = limit == (std::int64_t{1} << (bounds.scale_bits - 1)) - 1;
  channel.scale = draw_scale(dice, limit, is_widest && bounds.operand * (limit + 1) < kPart);
  const std::int64_t product = bounds.operand * std::abs(std::int64_t{channel.scale});
  channel.shift = draw_shift(dice, product);

  std::int64_t residual = 0;
  if (bounds.residual > 0) {
    const int most = std::min(channel.shift, 60 - bits_of(bounds.residual));
    channel.residual_shift = dice.percent(40) ? dice.one_of<int>({0, std::min(1, most), most})
                                              : static_cast<int>(dice.between(0, most));
    const std::int64_t room = (std::int64_t{1} << 60) >> channel.residual_shift;
    const std::int64_t widest = largest_scale(bounds.scale_bits, room, bounds.residual);
    channel.residual_scale = draw_scale(dice, widest, false);
    residual = (bounds.residual * std::abs(std::int64_t{channel.residual_scale}))
               << channel.residual_shift;
  }
  channel.bias = draw_bias(dice, kSumLimit - product - residual, product, channel.shift);
  return channel;
}

IntType draw_output_type(Dice& dice) {
  return dice.one_of<IntType>({{8, true},
                               {8, false},
                               {8, true},
                               {16, true},
                               {16, false},
                               {17, true},
                               {4, true},
                               {1, false},
                               {2, true}});
}

IntRange draw_clamp(Dice& dice, const IntRange& type) {
  if (dice.percent(50)) return type;
  if (dice.percent(30)) return {0, type.hi};  // A fused ReLU.
  const std::int64_t a = dice.between(type.lo, type.hi), b = dice.between(type.lo, type.hi);
  return {std::min(a, b), std::max(a, b)};
}

std::int32_t draw_zero_point(Dice& dice, const IntRange& type) {
  if (dice.percent(40)) return 0;
  const std::int64_t wide = dice.one_of<std::int64_t>({kCode.lo, kCode.hi, -1, 1, 128, -128});
  return static_cast<std::int32_t>(dice.percent(50) ? dice.between(type.lo, type.hi) : wide);
}

std::int64_t draw_constants(Dice& dice, const QuantBounds& bounds) {
  return dice.percent(70) ? bounds.channels : 1;
}

}  // namespace

MulQuant draw_mul_quant(Dice& dice, const QuantBounds& bounds, Rounding rounding, IntType& type) {
  type = draw_output_type(dice);
  MulQuant quant;
  quant.rounding = rounding;
  quant.clamp = draw_clamp(dice, type.range());
  quant.zero_point = draw_zero_point(dice, type.range());
  if (dice.percent(40)) quant.zero_point_form = ZeroPointForm::kSubtract;
  const std::int64_t constants = draw_constants(dice, bounds);
  for (std::int64_t c = 0; c < constants; ++c) quant.channels.push_back(draw_channel(dice, bounds));
  return quant;
}

Requantise draw_requantise(Dice& dice, const QuantBounds& bounds, IntType& type) {
  type = dice.one_of<IntType>({{8, true}, {8, false}, {16, true}});
  Requantise requantise;
  requantise.clamp = draw_clamp(dice, type.range());
  requantise.zero_point = static_cast<std::int32_t>(dice.between(type.range().lo, type.range().hi));
  const std::int64_t room = (std::int64_t{1} << 31) - 1 - bounds.operand;
  Gemmlowp gemmlowp;
  const std::int64_t constants = draw_constants(dice, bounds);
  for (std::int64_t c = 0; c < constants; ++c) {
    const std::int64_t multiplier = dice.one_of<std::int64_t>(
        {std::int64_t{1} << 30, (std::int64_t{1} << 31) - 1,
         dice.between(std::int64_t{1} << 30, (std::int64_t{1} << 31) - 1), 0});
    const int shift =
        dice.percent(60) ? 10 - bits_of(bounds.operand) : static_cast<int>(dice.between(-31, 30));
    gemmlowp.factors.push_back({static_cast<std::int32_t>(multiplier), shift});
    requantise.bias.push_back(static_cast<std::int32_t>(
        std::clamp(draw_bias(dice, room, bounds.operand, 1), -room, room)));
  }
  requantise.dialect = std::move(gemmlowp);
  return requantise;
}

}  // namespace systole
