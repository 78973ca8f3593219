// sc_pins.cpp: systole_core under Verilator's own SystemC output (--sc), driven pin by pin.
//
// A plain SystemC testbench: an sc_clock, an sc_signal per pin, one process at the rising edge.
// It plays the beats of one op and shows what the design answers, and when; so the adapters of
// sim/dut can be compared with it. Built by Verilator alone, for any parameters of the core:
//
//   verilator --sc --exe --build --prefix Vcore --top-module systole_core -GRows=8 -GCols=8
//     sim/dut/adapter/systole_core.vlt -F rtl/files.f flows/bench/sc_pins.cpp
//     -CFLAGS "-std=c++20 -DSC_CPLUSPLUS=201703L -I $PWD"
//
// Usage: sc_pins FOLDER OUTPUTS TAPS [CYCLES]. FOLDER holds a file of beats (sim/channel/beats.h,
// one after the other) per input channel: command, activation, weight, parameter, residual; it gets
// output and tap. Ends after OUTPUTS output and TAPS tap beats and prints the cycles that they took
// and their CPU seconds; exit status 1 when they have not come after CYCLES (default: 1e8).
#include <verilated.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <systemc>
#include <vector>

#include "Vcore.h"
#include "Vcore___024root.h"
#include "sim/channel/beats.h"
#include "sim/dut/adapter/lanes.h"

namespace {

using namespace systole;

using Root = Vcore___024root;
constexpr unsigned kRows = Root::systole_core__DOT__Rows;
constexpr unsigned kCols = Root::systole_core__DOT__Cols;
constexpr Geometry kGeometry = {
    .rows = kRows,
    .cols = kCols,
    .weight_bits = Root::systole_core__DOT__WeightBits,
};
constexpr unsigned kLanes = kRows > kCols ? kRows : kCols;
constexpr int kResetCycles = 8;

/// The signal of a port, which it is bound to. `Port`: sc_in or sc_out, maybe a reference.
template <class Port>
struct Pin : sc_core::sc_signal<typename std::remove_reference_t<Port>::data_type> {
  using Value = typename std::remove_reference_t<Port>::data_type;

  explicit Pin(Port& port) { port(*this); }

  template <class T>
  void set(T value) {
    this->write(static_cast<Value>(value));
  }
};

template <unsigned kBits, unsigned kCount>
using Words = std::array<std::uint64_t, dut::detail::kWords<kBits, kCount>>;

/// Ports of up to 64 bits are integers, wider ones bit vectors of 32-bit words.
template <class Value, class W>
Value to_value(const W& words) {
  if constexpr (std::is_integral_v<Value>) {
    return static_cast<Value>(words[0]);
  } else {
    Value value;
    for (int i = 0; i < value.size(); ++i)
      value.set_word(i, static_cast<sc_dt::sc_digit>(words[i / 2] >> (i % 2 * 32)));
    return value;
  }
}

template <class W, class Value>
W to_words(const Value& value) {
  W words = {};
  if constexpr (std::is_integral_v<Value>) {
    words[0] = value;
  } else {
    for (int i = 0; i < value.size(); ++i)
      words[i / 2] |= std::uint64_t{value.get_word(i)} << (i % 2 * 32);
  }
  return words;
}

template <class Element, unsigned kBits, unsigned kCount, class P>
void drive(const std::uint8_t* beat, P& pin) {
  Words<kBits, kCount> words = {};
  dut::pack_lanes<Element, kBits, kCount>(beat, words);
  pin.write(to_value<typename P::Value>(words));
}

template <unsigned kBits, class P>
std::vector<std::uint8_t> row_of(const P& pin) {
  std::vector<std::uint8_t> row(kCols * sizeof(std::int32_t));
  dut::unpack_lanes<kBits, kCols>(to_words<Words<kBits, kCols>>(pin.read()), row.data());
  return row;
}

/// The low `bits` bits of a signed value.
std::uint32_t low_bits(std::int32_t value, unsigned bits) {
  return static_cast<std::uint32_t>(std::uint64_t{static_cast<std::uint32_t>(value)} &
                                    ((std::uint64_t{1} << bits) - 1));
}

/// The core and a signal for each of its pins.
struct Core {
  Vcore dut{"dut"};
#define SYSTOLE_PIN(name) Pin<decltype(Vcore::name)> name{dut.name};
  SYSTOLE_PIN(rst_ni)
  SYSTOLE_PIN(cmd_valid_i)
  SYSTOLE_PIN(cmd_ready_o)
  SYSTOLE_PIN(cmd_rows_i)
  SYSTOLE_PIN(cmd_first_row_i)
  SYSTOLE_PIN(cmd_stream_i)
  SYSTOLE_PIN(cmd_maximum_i)
  SYSTOLE_PIN(cmd_first_i)
  SYSTOLE_PIN(cmd_last_i)
  SYSTOLE_PIN(cmd_new_weights_i)
  SYSTOLE_PIN(cmd_new_params_i)
  SYSTOLE_PIN(cmd_residual_i)
  SYSTOLE_PIN(cmd_rounding_i)
  SYSTOLE_PIN(cmd_subtract_zp_i)
  SYSTOLE_PIN(cmd_zero_point_i)
  SYSTOLE_PIN(cmd_lo_i)
  SYSTOLE_PIN(cmd_hi_i)
  SYSTOLE_PIN(act_valid_i)
  SYSTOLE_PIN(act_ready_o)
  SYSTOLE_PIN(act_data_i)
  SYSTOLE_PIN(weight_valid_i)
  SYSTOLE_PIN(weight_ready_o)
  SYSTOLE_PIN(weight_data_i)
  SYSTOLE_PIN(param_valid_i)
  SYSTOLE_PIN(param_ready_o)
  SYSTOLE_PIN(param_scale_i)
  SYSTOLE_PIN(param_bias_i)
  SYSTOLE_PIN(param_shift_i)
  SYSTOLE_PIN(param_residual_scale_i)
  SYSTOLE_PIN(param_residual_shift_i)
  SYSTOLE_PIN(residual_valid_i)
  SYSTOLE_PIN(residual_ready_o)
  SYSTOLE_PIN(residual_data_i)
  SYSTOLE_PIN(out_valid_o)
  SYSTOLE_PIN(out_ready_i)
  SYSTOLE_PIN(out_data_o)
  SYSTOLE_PIN(tap_valid_o)
  SYSTOLE_PIN(tap_ready_i)
  SYSTOLE_PIN(tap_data_o)
#undef SYSTOLE_PIN

  void present(const CommandBeat& command) {
    cmd_rows_i.set(command.rows);
    cmd_first_row_i.set(command.first_row);
    cmd_stream_i.set(command.stream);
    cmd_maximum_i.set(command.maximum);
    cmd_first_i.set(command.first);
    cmd_last_i.set(command.last);
    cmd_new_weights_i.set(command.new_weights);
    cmd_new_params_i.set(command.new_params);
    cmd_residual_i.set(command.residual);
    cmd_rounding_i.set(command.rounding);
    cmd_subtract_zp_i.set(command.subtract_zp);
    cmd_zero_point_i.set(low_bits(command.zero_point, 17));
    cmd_lo_i.set(low_bits(command.lo, 17));
    cmd_hi_i.set(low_bits(command.hi, 17));
  }

  void present(const ParameterBeat& parameter) {
    param_scale_i.set(low_bits(parameter.scale, Root::systole_core__DOT__ScaleBits));
    param_bias_i.set(static_cast<std::uint64_t>(parameter.bias));
    param_shift_i.set(parameter.shift);
    param_residual_scale_i.set(
        low_bits(parameter.residual_scale, Root::systole_core__DOT__ScaleBits));
    param_residual_shift_i.set(parameter.residual_shift);
  }

  void present(Channel channel, const std::uint8_t* beat) {
    if (channel == kCommand) present(from<CommandBeat>(beat));
    if (channel == kActivation) drive<std::int16_t, 16, kLanes>(beat, act_data_i);
    if (channel == kWeight) drive<std::int16_t, kGeometry.weight_bits, kCols>(beat, weight_data_i);
    if (channel == kParameter) present(from<ParameterBeat>(beat));
    if (channel == kResidual) drive<std::int32_t, 17, kCols>(beat, residual_data_i);
  }

  template <class T>
  static T from(const std::uint8_t* beat) {
    T value;
    std::memcpy(&value, beat, sizeof(value));
    return value;
  }
};

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Plays beats and collects rows, one step per rising edge.
class Testbench : public sc_core::sc_module {
 public:
  Testbench(const std::string& folder, std::uint64_t outputs, std::uint64_t taps,
            std::uint64_t most_cycles)
      : sc_module(sc_core::sc_module_name("testbench")),
        expected_{outputs, taps},
        most_cycles_(most_cycles) {
    for (std::uint32_t c = 0; c < kInputChannels; ++c) {
      beats_[c] = read_file(folder + "/" + kChannelNames[c]);
      left_[c] = beats_[c].data();
    }
    core_.dut.clk_i(clock_);
    SC_HAS_PROCESS(Testbench);
    SC_METHOD(edge);
    sensitive << clock_.posedge_event();
    dont_initialize();
  }

  std::uint64_t cycles() const { return cycles_; }
  double seconds() const { return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC; }
  bool is_done() const { return is_done(0) && is_done(1); }
  const std::vector<std::uint8_t>& rows(int output) const { return rows_[output]; }

 private:
  bool is_done(int output) const {
    return rows_[output].size() >= expected_[output] * kCols * sizeof(std::int32_t);
  }

  /// All reads give the values from before the edge, all writes show behind it.
  void edge() {
    if (edges_ < kResetCycles) {
      core_.rst_ni.write(++edges_ == kResetCycles);
      return;
    }
    if (edges_++ == kResetCycles) {  // The one idle cycle between reset and the first beats.
      start_ = std::clock();
      core_.out_ready_i.write(true);
      core_.tap_ready_i.write(true);
    } else {
      ++cycles_;
      take_rows();
      if (is_done() || cycles_ == most_cycles_) return sc_core::sc_stop();
    }
    for (std::uint32_t c = 0; c < kInputChannels; ++c) offer(static_cast<Channel>(c));
  }

  void offer(Channel channel) {
    std::uint8_t*& beat = left_[channel];
    if (valid_[channel]->read() && ready_[channel]->read()) beat += beat_bytes(channel, kGeometry);
    const bool has_beat = beat < beats_[channel].data() + beats_[channel].size();
    valid_[channel]->write(has_beat);
    if (has_beat) core_.present(channel, beat);
  }

  void take_rows() {
    const auto append = [](std::vector<std::uint8_t>& rows, const std::vector<std::uint8_t>& row) {
      rows.insert(rows.end(), row.begin(), row.end());
    };
    if (core_.out_valid_o.read()) append(rows_[0], row_of<17>(core_.out_data_o));
    if (core_.tap_valid_o.read()) append(rows_[1], row_of<32>(core_.tap_data_o));
  }

  sc_core::sc_clock clock_{"clock", 1, sc_core::SC_NS};
  Core core_;
  sc_core::sc_signal<bool>* const valid_[kInputChannels] = {
      &core_.cmd_valid_i, &core_.act_valid_i, &core_.weight_valid_i, &core_.param_valid_i,
      &core_.residual_valid_i};
  sc_core::sc_signal<bool>* const ready_[kInputChannels] = {
      &core_.cmd_ready_o, &core_.act_ready_o, &core_.weight_ready_o, &core_.param_ready_o,
      &core_.residual_ready_o};
  std::vector<std::uint8_t> beats_[kInputChannels];
  std::uint8_t* left_[kInputChannels];
  std::vector<std::uint8_t> rows_[2];  ///< Output, tap.
  std::uint64_t expected_[2];
  std::uint64_t most_cycles_;
  std::uint64_t cycles_ = 0;
  int edges_ = 0;
  std::clock_t start_ = 0;
};

void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

int sc_main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: sc_pins FOLDER OUTPUTS TAPS [CYCLES]\n";
    return 2;
  }
  const std::string folder = argv[1];
  Testbench testbench(folder, std::strtoull(argv[2], nullptr, 10),
                      std::strtoull(argv[3], nullptr, 10),
                      argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 100'000'000);
  sc_core::sc_start();
  write_file(folder + "/output", testbench.rows(0));
  write_file(folder + "/tap", testbench.rows(1));
  std::cout << testbench.cycles() << " " << testbench.seconds() << "\n";
  return testbench.is_done() ? 0 : 1;
}
