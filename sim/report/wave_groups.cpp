// wave_groups.cpp: which signals of the core tell of a PE, a lane, a channel.
#include <fmt/format.h>

#include "sim/report/wave_view.h"

namespace systole {
namespace {

using Format = WaveSignal::Format;

constexpr const char* kCore = "TOP.systole_core.";

WaveSignal bit(const std::string& name) { return {kCore + name, Format::kBit}; }
WaveSignal number(const std::string& name, std::uint32_t bits, Format format = Format::kSigned) {
  return {fmt::format("{}{}[{}:0]", kCore, name, bits - 1), format};
}
WaveSignal count(const std::string& name, std::uint32_t bits = 16) {
  return number(name, bits, Format::kUnsigned);
}

/// PE (r, c): sum_q = the sum above + x_q * w_q of the cycle before.
WaveGroup pe_group(std::int64_t row, std::int64_t column) {
  const auto at = [](const char* name, std::int64_t r, std::int64_t c) {
    return fmt::format("u_array.{}[{}][{}]", name, r, c);
  };
  return {fmt::format("PE of row {}, column {}", row, column),
          {number(at("x_q", row, column), 16), number(at("w_q", row, column), 16),
           number(at("sum_q", row, column), 32),
           number(fmt::format("u_array.swap_q[{}]", row + column), 16)}};
}

WaveGroup upstream_group(std::int64_t row, std::int64_t column) {
  WaveGroup group{"upstream of the PE", {}};
  group.signals.push_back(column == 0
                              ? number(fmt::format("u_array.x_i[{}]", row), 16)
                              : number(fmt::format("u_array.x_q[{}][{}]", row, column - 1), 16));
  if (row > 0)
    group.signals.push_back(number(fmt::format("u_array.sum_q[{}][{}]", row - 1, column), 32));
  return group;
}

WaveGroup accumulator_group(const Geometry& geometry, std::int64_t column) {
  const auto at = [&](const char* name) {
    return fmt::format("u_accumulators.{}[{}]", name, column);
  };
  const auto flag = [&](const char* name) {
    return WaveSignal{fmt::format("{}u_accumulators.{}[{}:0]", kCore, name, geometry.cols - 1),
                      Format::kBit};
  };
  return {fmt::format("accumulator of column {}", column),
          {number(at("sum_i"), 32), number(at("operand"), 32), number(at("base"), 32),
           number(at("acc_q"), 32), flag("first_q"), flag("is_stream_q"), count("acc_row.addr"),
           bit("acc_row.valid"), bit("acc_row.first"), bit("acc_row.last")}};
}

/// In the order of the equation: multiply and bias, residual, round, zero point, clamp.
WaveGroup lane_group(std::int64_t column) {
  const auto at = [&](const char* name, std::uint32_t bits, Format format = Format::kSigned) {
    return number(fmt::format("u_mul_quant.{}[{}]", name, column), bits, format);
  };
  return {
      fmt::format("lane of column {}", column),
      {at("acc", 32), at("factor", 32), at("scale_q", 32), at("bias_q", 64), at("product_q", 64),
       at("residual", 32), at("extra_q", 64), at("sum", 64), at("shift_q", 8, Format::kUnsigned),
       at("rounding_q", 8, Format::kUnsigned), at("rounded_q", 64), at("zero_point_q", 32),
       at("lo_q", 32), at("hi_q", 32), at("code_q", 32)}};
}

/// Handshake and, of the beats, what concerns the view's place.
WaveGroup channel_group(const WaveView& view, Channel channel) {
  static constexpr const char* kPrefixes[kChannelCount] = {"cmd",      "act", "weight", "param",
                                                           "residual", "out", "tap"};
  const std::string prefix = kPrefixes[channel];
  const bool is_input = channel < kInputChannels;
  WaveGroup group{std::string(kChannelNames[channel]) + " channel",
                  {bit(prefix + (is_input ? "_valid_i" : "_valid_o")),
                   bit(prefix + (is_input ? "_ready_o" : "_ready_i"))}};
  const auto add = [&](const WaveSignal& signal) { group.signals.push_back(signal); };
  const auto add_element = [&](const char* suffix, std::int64_t element, std::uint32_t bits) {
    add(number(fmt::format("{}{}[{}]", prefix, suffix, element), bits));
  };
  switch (channel) {
    case kCommand:
      add(count("cmd_rows_i"));
      add(count("cmd_first_row_i"));
      for (const char* name : {"cmd_first_i", "cmd_last_i", "cmd_new_weights_i", "cmd_new_params_i",
                               "cmd_stream_i", "cmd_residual_i"})
        add(bit(name));
      break;
    case kActivation:
      add_element("_data_i", view.place == WavePlace::kPe ? view.row : view.column, 16);
      break;
    case kWeight:
      add_element("_data_i", view.column, view.geometry.weight_bits);
      break;
    case kParameter:
      add(number("param_scale_i", view.geometry.scale_bits));
      add(number("param_bias_i", 64));
      add(count("param_shift_i", 6));
      break;
    case kResidual:
      add_element("_data_i", view.column, 17);
      break;
    case kOutput:
      add_element("_data_o", view.column, 17);
      break;
    case kTap:
      add_element("_data_o", view.column, 32);
      break;
    case kChannelCount:
      break;
  }
  return group;
}

WaveGroup sequencer_group() {
  return {"pass and sequencer",
          {bit("pass_valid"), count("pass.rows"), bit("pass.first"), bit("pass.last"),
           bit("pass.new_weights"), bit("pass.new_params"), bit("pass.stream"),
           bit("u_sequencer.issue"), count("u_sequencer.row_q"), bit("u_sequencer.weights_ok"),
           bit("u_sequencer.params_ok"), bit("u_sequencer.room_ok"), bit("u_sequencer.order_ok"),
           count("u_sequencer.out_credit_q"), bit("swap")}};
}

}  // namespace

std::vector<WaveGroup> wave_groups(const WaveView& view) {
  if (!view.is_core) {
    WaveGroup group{"ports", {}};
    for (const std::string& port : view.ports)
      group.signals.push_back(
          {"TOP." + port, port.ends_with(']') ? Format::kSigned : Format::kBit});
    return {group};
  }
  std::vector<WaveGroup> groups = {{"clock", {bit("clk_i")}}};
  const auto add = [&](WaveGroup group) { groups.push_back(std::move(group)); };
  if (view.channel) add(channel_group(view, *view.channel));
  if (view.place == WavePlace::kPe) {
    add(pe_group(view.row, view.column));
    add(upstream_group(view.row, view.column));
  }
  if (view.place != WavePlace::kNone) add(accumulator_group(view.geometry, view.column));
  if (view.place == WavePlace::kLane) add(lane_group(view.column));
  for (const Channel channel :
       {kOutput, kTap, kCommand, kActivation, kWeight, kParameter, kResidual}) {
    if (channel == view.channel || (channel == kTap && !view.has_tap)) continue;
    add(channel_group(view, channel));
  }
  add(sequencer_group());
  return groups;
}

}  // namespace systole
