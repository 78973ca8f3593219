// systole_core.cpp: the pins of rtl/systole_core.sv.
#include <algorithm>

#include "Vdut.h"
#include "Vdut___024root.h"
#include "sim/dut/adapter/lanes.h"
#include "sim/dut/adapter/noise.h"
#include "sim/dut/adapter/ring_adapter.h"

namespace {

using namespace systole;

using Root = Vdut___024root;

template <class R>
concept HasAccumulators = requires(R& root) {
  root.systole_core__DOT__u_accumulators__DOT__u_ram__DOT__mem;
};

class CorePins {
 public:
  static constexpr Geometry kGeometry = {
      .rows = Root::systole_core__DOT__Rows,
      .cols = Root::systole_core__DOT__Cols,
      .acc_depth = Root::systole_core__DOT__AccDepth,
      .scale_bits = Root::systole_core__DOT__ScaleBits,
      .act_bits = Root::systole_core__DOT__ActBits,
      .weight_bits = Root::systole_core__DOT__WeightBits,
      .has_gemmlowp = Root::systole_core__DOT__Gemmlowp,
  };
  static constexpr std::uint32_t kChannels =
      dut::kAllChannels & ~(Root::systole_core__DOT__AccTap != 0 ? 0 : dut::channel_bit(kTap));

  explicit CorePins(VerilatedContext* context) : dut_(context) { dut_.tap_ready_i = 0; }

  Vdut& model() { return dut_; }
  void eval() { dut_.eval(); }
  void clock(bool level) { dut_.clk_i = level; }
  void reset(bool active) { dut_.rst_ni = !active; }

  template <Channel c>
  void present(const std::uint8_t* beat) {
    if constexpr (c == kCommand) {
      present_command(beat);
    } else if constexpr (c == kActivation) {
      dut::pack_lanes<std::int16_t, 16, kLanes>(beat, dut_.act_data_i);
      dut_.act_valid_i = 1;
    } else if constexpr (c == kWeight) {
      dut::pack_lanes<std::int16_t, kGeometry.weight_bits, kGeometry.cols>(beat,
                                                                           dut_.weight_data_i);
      dut_.weight_valid_i = 1;
    } else if constexpr (c == kParameter) {
      present_parameter(beat);
    } else {
      static_assert(c == kResidual);
      dut::pack_lanes<std::int32_t, 17, kGeometry.cols>(beat, dut_.residual_data_i);
      dut_.residual_valid_i = 1;
    }
  }

  template <Channel c>
  void withdraw() {
    if constexpr (c == kCommand) dut_.cmd_valid_i = 0;
    if constexpr (c == kActivation) dut_.act_valid_i = 0;
    if constexpr (c == kWeight) dut_.weight_valid_i = 0;
    if constexpr (c == kParameter) dut_.param_valid_i = 0;
    if constexpr (c == kResidual) dut_.residual_valid_i = 0;
  }

  template <Channel c>
  bool ready() const {
    if constexpr (c == kCommand) return dut_.cmd_ready_o;
    if constexpr (c == kActivation) return dut_.act_ready_o;
    if constexpr (c == kWeight) return dut_.weight_ready_o;
    if constexpr (c == kParameter) return dut_.param_ready_o;
    if constexpr (c == kResidual) return dut_.residual_ready_o;
  }

  template <Channel c>
  void accept(bool ready) {
    if constexpr (c == kOutput) dut_.out_ready_i = ready;
    if constexpr (c == kTap) dut_.tap_ready_i = ready;
  }

  template <Channel c>
  bool valid() const {
    if constexpr (c == kOutput) return dut_.out_valid_o;
    if constexpr (c == kTap) return dut_.tap_valid_o;
  }

  template <Channel c>
  void read(std::uint8_t* beat) const {
    if constexpr (c == kOutput) dut::unpack_lanes<17, kGeometry.cols>(dut_.out_data_o, beat);
    if constexpr (c == kTap) dut::unpack_lanes<32, kGeometry.cols>(dut_.tap_data_o, beat);
  }

  template <class R = Root>
  requires HasAccumulators<R>
  void poison(std::uint32_t seed) {
    R& root = *dut_.rootp;
    dut::fill_with_noise(root.systole_core__DOT__u_accumulators__DOT__u_ram__DOT__mem, seed);
  }

 private:
  static constexpr unsigned kLanes = std::max(kGeometry.rows, kGeometry.cols);
  static constexpr std::uint32_t kSigned17 = (1u << 17) - 1;

  void present_command(const std::uint8_t* beat) {
    CommandBeat command;
    std::memcpy(&command, beat, sizeof(command));
    dut_.cmd_rows_i = command.rows;
    dut_.cmd_first_row_i = command.first_row;
    dut_.cmd_stream_i = command.stream;
    dut_.cmd_maximum_i = command.maximum;
    dut_.cmd_first_i = command.first;
    dut_.cmd_last_i = command.last;
    dut_.cmd_new_weights_i = command.new_weights;
    dut_.cmd_new_params_i = command.new_params;
    dut_.cmd_residual_i = command.residual;
    dut_.cmd_rounding_i = command.rounding;
    dut_.cmd_subtract_zp_i = command.subtract_zp;
    dut_.cmd_zero_point_i = static_cast<std::uint32_t>(command.zero_point) & kSigned17;
    dut_.cmd_lo_i = static_cast<std::uint32_t>(command.lo) & kSigned17;
    dut_.cmd_hi_i = static_cast<std::uint32_t>(command.hi) & kSigned17;
    dut_.cmd_valid_i = 1;
  }

  void present_parameter(const std::uint8_t* beat) {
    ParameterBeat parameter;
    std::memcpy(&parameter, beat, sizeof(parameter));
    using Scale = std::remove_reference_t<decltype(dut_.param_scale_i)>;  // 16 or 32 bits.
    dut_.param_scale_i = static_cast<Scale>(parameter.scale);
    dut_.param_residual_scale_i = static_cast<Scale>(parameter.residual_scale);
    dut_.param_bias_i = static_cast<std::uint64_t>(parameter.bias);
    dut_.param_shift_i = parameter.shift;
    dut_.param_residual_shift_i = parameter.residual_shift;
    dut_.param_valid_i = 1;
  }

  Vdut dut_;
};

}  // namespace

SYSTOLE_DUT(CorePins)
