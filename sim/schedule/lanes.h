// lanes.h: what the MulQuant lanes need to compute an op: its command fields and parameter beats.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/network/network.h"
#include "sim/channel/beats.h"

namespace systole {

/// `CommandBeat::rounding` of gemmlowp's two roundings; the values of `Rounding` are the others.
inline constexpr std::uint8_t kTwoRoundings = 4;

/// The constants of a mul_quant, an add, or a requantise in gemmlowp's dialect.
struct Lanes {
  std::uint8_t rounding = 0;
  bool subtract_zp = false;
  std::int32_t zero_point = 0;
  IntRange clamp;
  /// One per output channel, or one for all; with `tokens` above 1 as many for every token.
  std::vector<ParameterBeat> channels;
  std::int64_t tokens = 1;  ///< Row r of the output takes the constants of row r mod tokens.

  const ParameterBeat& channel(std::int64_t row, std::int64_t c) const {
    return channels[token_constants(channels.size(), tokens, row)(static_cast<std::size_t>(c))];
  }
  /// Writes the fields that a command latches with its parameters, all but `residual`.
  void set(CommandBeat& command) const;
};

/// The constants of `op`; none where it is no op of the lanes.
std::optional<Lanes> lanes_of(const IntOp& op);

/// Why the lanes of a design of `geometry` cannot compute with these constants; empty when they
/// can.
std::string lanes_misfit(const Lanes& lanes, const Geometry& geometry);

}  // namespace systole
