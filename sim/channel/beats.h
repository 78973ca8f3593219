// beats.h: what travels on the channels of the RTL core, as plain structs.
//
// A beat is one transfer of a valid/ready channel (rtl/README.md). Its layout here is the layout in
// the rings that the bench and the design's shared object share: little endian, naturally aligned.
#pragma once

#include <cstddef>
#include <cstdint>

namespace systole {

/// Inputs of the design first, then its outputs.
enum Channel : std::uint32_t {
  kCommand,     ///< CommandBeat.
  kActivation,  ///< std::int16_t[max(rows, cols)]; output stationary: [rows + 1], see Dataflow.
  kWeight,      ///< std::int16_t[cols]; output stationary: [cols + 1].
  kParameter,   ///< ParameterBeat, one column.
  kResidual,    ///< std::int32_t[cols].
  kOutput,      ///< std::int32_t[cols].
  kTap,         ///< std::int32_t[cols].
  kChannelCount
};

inline constexpr std::uint32_t kInputChannels = 5;
inline constexpr const char* kChannelNames[kChannelCount] = {
    "command", "activation", "weight", "parameter", "residual", "output", "tap"};

/// One pass: a weight tile over `rows` activation beats. Field meanings: rtl/README.md.
struct CommandBeat {
  std::int32_t zero_point;
  std::int32_t lo;
  std::int32_t hi;
  std::uint16_t rows;
  std::uint16_t first_row;
  std::uint8_t rounding;
  std::uint8_t stream;
  std::uint8_t first;
  std::uint8_t last;
  std::uint8_t new_weights;
  std::uint8_t new_params;
  std::uint8_t residual;
  std::uint8_t subtract_zp;
  std::uint8_t maximum;  ///< Accumulators take the larger value instead of the sum.
};

/// The MulQuant constants of one column.
struct ParameterBeat {
  std::int64_t bias;
  std::int32_t scale;
  std::int32_t residual_scale;
  std::uint8_t shift;
  std::uint8_t residual_shift;
};

/// Which operand stays in the PEs while the other ones move.
enum class Dataflow : std::uint32_t {
  kWeightStationary,  ///< A pass: `rows` weight beats, then activation beats, sums to accumulators.
  kOutputStationary,  ///< A pass: one output tile of [rows x cols]; for each k one activation beat
                      ///< (x[m0 .., k]) and one weight beat (w[k, n0 ..]); then `rows` tap beats.
                      ///< Both end with one element more: 1 in the last beat of a pass, else 0.
                      ///< No commands.
};

/// What the beats of a design depend on: its sizes and the units that it has.
struct Geometry {
  std::uint32_t rows = 0;
  std::uint32_t cols = 0;
  std::uint32_t acc_depth = 0;     ///< Most activation rows of a pass.
  std::uint32_t scale_bits = 0;    ///< Width of scale and residual scale, signed.
  std::uint32_t act_bits = 9;      ///< Width of the array's activations, signed.
  std::uint32_t weight_bits = 9;   ///< Width of its weights, signed.
  std::uint32_t has_lanes = 1;     ///< MulQuant, also on activation beats (streams and pools).
  std::uint32_t has_gemmlowp = 0;  ///< The lanes can round twice, as gemmlowp does.
  Dataflow dataflow = Dataflow::kWeightStationary;

  std::uint32_t lanes() const { return rows > cols ? rows : cols; }
  bool operator==(const Geometry&) const = default;
};

/// Bytes of one beat of `channel`.
inline std::size_t beat_bytes(Channel channel, const Geometry& geometry) {
  const bool has_last = geometry.dataflow == Dataflow::kOutputStationary;
  switch (channel) {
    case kCommand:
      return sizeof(CommandBeat);
    case kActivation:
      return sizeof(std::int16_t) * (has_last ? geometry.rows + 1 : geometry.lanes());
    case kWeight:
      return sizeof(std::int16_t) * (geometry.cols + has_last);
    case kParameter:
      return sizeof(ParameterBeat);
    case kResidual:
    case kOutput:
    case kTap:
    case kChannelCount:
      break;
  }
  return sizeof(std::int32_t) * geometry.cols;
}

}  // namespace systole
