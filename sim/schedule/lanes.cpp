// lanes.cpp: the lanes' constants from those of the model's ops.
#include "sim/schedule/lanes.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole {
namespace {

constexpr IntRange kCode = IntRange{-65536, 65535};

Lanes lanes_of(const MulQuant& op) {
  Lanes lanes{.rounding = static_cast<std::uint8_t>(op.rounding),
              .subtract_zp = op.zero_point_form == ZeroPointForm::kSubtract,
              .zero_point = op.zero_point,
              .clamp = op.clamp,
              .channels = {},
              .tokens = op.channels.size() > 1 ? op.tokens : 1};
  for (const MulQuantChannel& channel : op.channels)
    lanes.channels.push_back({.bias = channel.bias,
                              .scale = channel.scale,
                              .residual_scale = channel.residual_scale,
                              .shift = static_cast<std::uint8_t>(channel.shift),
                              .residual_shift = static_cast<std::uint8_t>(channel.residual_shift)});
  return lanes;
}

/// The left shift travels in `residual_shift`. acc + bias wraps at 32 bits in the op and in the
/// lane alike, and so does the left shift.
Lanes lanes_of(const Requantise& op, const Gemmlowp& dialect) {
  Lanes lanes{.rounding = kTwoRoundings,
              .subtract_zp = false,
              .zero_point = op.zero_point,
              .clamp = op.clamp,
              .channels = {}};
  const auto of = [](const auto& values, std::size_t c) {
    return values[values.size() == 1 ? 0 : c];
  };
  for (std::size_t c = 0; c < std::max(dialect.factors.size(), op.bias.size()); ++c) {
    const QuantizedMultiplier& factor = of(dialect.factors, c);
    const std::int64_t bias = op.bias.empty() ? 0 : of(op.bias, c);
    lanes.channels.push_back(
        {.bias = bias - op.input_zero_point,
         .scale = factor.multiplier,
         .residual_scale = 0,
         .shift = static_cast<std::uint8_t>(std::max(-factor.shift, 0)),
         .residual_shift = static_cast<std::uint8_t>(std::max(factor.shift, 0))});
  }
  return lanes;
}

}  // namespace

void Lanes::set(CommandBeat& command) const {
  command.rounding = rounding;
  command.subtract_zp = subtract_zp;
  command.zero_point = zero_point;
  command.lo = static_cast<std::int32_t>(clamp.lo);
  command.hi = static_cast<std::int32_t>(clamp.hi);
}

std::optional<Lanes> lanes_of(const IntOp& op) {
  if (const auto* quant = std::get_if<MulQuant>(&op)) return lanes_of(*quant);
  if (const auto* add = std::get_if<IntAdd>(&op)) return lanes_of(add->quant);
  if (const auto* requantise = std::get_if<Requantise>(&op))
    if (const auto* dialect = std::get_if<Gemmlowp>(&requantise->dialect))
      return lanes_of(*requantise, *dialect);
  return std::nullopt;
}

std::string lanes_misfit(const Lanes& lanes, const Geometry& geometry) {
  if (lanes.rounding == kTwoRoundings && !geometry.has_gemmlowp)
    return "the design's lanes round once, not twice as gemmlowp does; build it with "
           "dut.parameters.Gemmlowp: 1";
  for (const std::int64_t value : {std::int64_t{lanes.zero_point}, lanes.clamp.lo, lanes.clamp.hi})
    if (!kCode.contains(value))
      return fmt::format("zero point or clamp {}, the design takes [{}, {}]", value, kCode.lo,
                         kCode.hi);
  const std::int64_t limit = std::int64_t{1} << (geometry.scale_bits - 1);
  for (const ParameterBeat& channel : lanes.channels)
    for (const std::int64_t scale : {channel.scale, channel.residual_scale})
      if (scale < -limit || scale >= limit)
        return fmt::format("scale {} needs more than the design's {} bits", scale,
                           geometry.scale_bits);
  return "";
}

}  // namespace systole
