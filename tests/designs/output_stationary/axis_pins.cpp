// axis_pins.cpp: the pins of os_matmul.sv: activations and weights in, sums out.
#include "Vdut.h"
#include "Vdut___024root.h"
#include "sim/dut/adapter/lanes.h"
#include "sim/dut/adapter/noise.h"
#include "sim/dut/adapter/ring_adapter.h"

namespace {

using namespace systole;

class AxisPins {
 public:
  static constexpr Geometry kGeometry = {
      .rows = Vdut___024root::os_matmul__DOT__Rows,
      .cols = Vdut___024root::os_matmul__DOT__Cols,
      .acc_depth = Vdut___024root::os_matmul__DOT__Rows,
      .act_bits = 16,
      .weight_bits = 16,
      .has_lanes = 0,
      .dataflow = Dataflow::kOutputStationary,
  };
  static constexpr std::uint32_t kChannels =
      dut::channel_bit(kActivation) | dut::channel_bit(kWeight) | dut::channel_bit(kTap);

  explicit AxisPins(VerilatedContext* context) : dut_(context) {}

  Vdut& model() { return dut_; }
  void eval() { dut_.eval(); }
  void clock(bool level) { dut_.aclk = level; }
  void reset(bool active) { dut_.aresetn = !active; }

  template <Channel c>
  void present(const std::uint8_t* beat) {
    if constexpr (c == kActivation) {
      dut::pack_lanes<std::int16_t, 16, kGeometry.rows>(beat, dut_.s_axis_x_tdata);
      dut_.s_axis_x_tlast = ends_tile(beat, kGeometry.rows);
      dut_.s_axis_x_tvalid = 1;
    } else {
      dut::pack_lanes<std::int16_t, 16, kGeometry.cols>(beat, dut_.s_axis_w_tdata);
      dut_.s_axis_w_tlast = ends_tile(beat, kGeometry.cols);
      dut_.s_axis_w_tvalid = 1;
    }
  }

  template <Channel c>
  void withdraw() {
    (c == kActivation ? dut_.s_axis_x_tvalid : dut_.s_axis_w_tvalid) = 0;
  }

  template <Channel c>
  bool ready() const {
    return c == kActivation ? dut_.s_axis_x_tready : dut_.s_axis_w_tready;
  }

  template <Channel c>
  void accept(bool ready) {
    dut_.m_axis_acc_tready = ready;
  }

  template <Channel c>
  bool valid() const {
    return dut_.m_axis_acc_tvalid;
  }

  template <Channel c>
  void read(std::uint8_t* beat) const {
    dut::unpack_lanes<32, kGeometry.cols>(dut_.m_axis_acc_tdata, beat);
  }

  void poison(std::uint32_t seed) {
    dut::fill_with_noise(dut_.rootp->os_matmul__DOT__u_array__DOT__acc_q, seed);
  }

 private:
  /// The element behind the operands of a beat.
  static bool ends_tile(const std::uint8_t* beat, std::size_t operands) {
    std::int16_t last;
    std::memcpy(&last, beat + operands * sizeof(last), sizeof(last));
    return last != 0;
  }

  Vdut dut_;
};

}  // namespace

SYSTOLE_DUT(AxisPins)
