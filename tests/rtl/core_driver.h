// core_driver.h: drives a Verilated systole_core with beats, with seeded stalls on every channel.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

#include "tests/rtl/core_work.h"
#include "tests/rtl/dut.h"

namespace systole::test {

/// What came out, and whether all of it came.
struct Result {
  std::vector<Row> out, tap;
  std::vector<std::int64_t> out_cycles, tap_cycles;  ///< Of each row, from the start of the run.
  bool hung = false;
};

template <class Model>
class CoreDriver {
 public:
  CoreDriver(const CoreSize& size, int seed) : dut(seed), size_(size), random_(seed) {
    idle();
    dut.reset();
    dut.tick();  // Channels are ready one cycle after reset.
  }

  /// Sends all beats and waits for all rows; each channel idles in `stall_percent` of the cycles.
  Result run(const Work& work, int stall_percent) {
    Result result;
    Next next;
    const std::int64_t begin = dut.cycles();
    std::int64_t last_progress = begin;
    while (!done(work, next, result)) {
      if (dut.cycles() - last_progress > 5000 || dut.assertion_failed()) {
        result.hung = true;
        break;
      }
      present(work, next, stall_percent);
      dut.settle();
      if (transfer(next, result, dut.cycles() - begin)) last_progress = dut.cycles();
    }
    idle();
    return result;
  }

  void put_command(const Command& c) {
    put(dut->cmd_rows_i, 0, 16, c.rows);
    put(dut->cmd_first_row_i, 0, 16, c.first_row);
    dut->cmd_stream_i = c.stream;
    dut->cmd_maximum_i = c.maximum;
    dut->cmd_first_i = c.first;
    dut->cmd_last_i = c.last;
    dut->cmd_new_weights_i = c.new_weights;
    dut->cmd_new_params_i = c.new_params;
    dut->cmd_residual_i = c.residual;
    put(dut->cmd_rounding_i, 0, 3, static_cast<int>(c.quant.rounding));
    dut->cmd_subtract_zp_i = c.quant.zero_point_form == ZeroPointForm::kSubtract;
    put(dut->cmd_zero_point_i, 0, 17, c.quant.zero_point);
    put(dut->cmd_lo_i, 0, 17, c.quant.clamp.lo);
    put(dut->cmd_hi_i, 0, 17, c.quant.clamp.hi);
  }

  void put_param(const MulQuantChannel& p) {
    put(dut->param_scale_i, 0, size_.scale_bits, p.scale);
    dut->param_bias_i = static_cast<std::uint64_t>(p.bias);
    put(dut->param_shift_i, 0, 6, p.shift);
    put(dut->param_residual_scale_i, 0, size_.scale_bits, p.residual_scale);
    put(dut->param_residual_shift_i, 0, 6, p.residual_shift);
  }

  template <class Port>
  void put_row(Port& port, int width, const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) put(port, static_cast<int>(i), width, row[i]);
  }

  Dut<Model> dut;
  std::int64_t tap_closed_until = 0;  ///< Takes no tap beat before this cycle.

 private:
  struct Next {
    std::size_t command = 0, act = 0, weight = 0, param = 0, residual = 0;
  };

  void idle() {
    dut->cmd_valid_i = dut->act_valid_i = dut->weight_valid_i = dut->param_valid_i = 0;
    dut->residual_valid_i = dut->out_ready_i = dut->tap_ready_i = 0;
  }

  static bool done(const Work& work, const Next& next, const Result& result) {
    return next.command == work.commands.size() && next.act == work.act.size() &&
           next.weight == work.weight.size() && next.param == work.params.size() &&
           next.residual == work.residual.size() && result.out.size() >= work.out.size() &&
           result.tap.size() >= work.tap.size();
  }

  /// A presented beat stays presented; others wait for their stall to end.
  void present(const Work& work, const Next& next, int stall_percent) {
    const auto go = [&] { return static_cast<int>(random_() % 100) >= stall_percent; };
    if (!dut->cmd_valid_i && next.command < work.commands.size() && go()) {
      dut->cmd_valid_i = 1;
      put_command(work.commands[next.command]);
    }
    if (!dut->act_valid_i && next.act < work.act.size() && go()) {
      dut->act_valid_i = 1;
      put_row(dut->act_data_i, 16, work.act[next.act]);
    }
    if (!dut->weight_valid_i && next.weight < work.weight.size() && go()) {
      dut->weight_valid_i = 1;
      put_row(dut->weight_data_i, size_.weight_bits, work.weight[next.weight]);
    }
    if (!dut->param_valid_i && next.param < work.params.size() && go()) {
      dut->param_valid_i = 1;
      put_param(work.params[next.param]);
    }
    if (!dut->residual_valid_i && next.residual < work.residual.size() && go()) {
      dut->residual_valid_i = 1;
      put_row(dut->residual_data_i, 17, work.residual[next.residual]);
    }
    dut->out_ready_i = go();
    dut->tap_ready_i = go() && dut.cycles() >= tap_closed_until;
  }

  /// Ticks; notes which beats moved. Returns whether any did.
  bool transfer(Next& next, Result& result, std::int64_t cycle) {
    const bool command = dut->cmd_valid_i && dut->cmd_ready_o;
    const bool act = dut->act_valid_i && dut->act_ready_o;
    const bool weight = dut->weight_valid_i && dut->weight_ready_o;
    const bool param = dut->param_valid_i && dut->param_ready_o;
    const bool residual = dut->residual_valid_i && dut->residual_ready_o;
    const bool out = dut->out_valid_o && dut->out_ready_i;
    const bool tap = dut->tap_valid_o && dut->tap_ready_i;
    if (out) {
      result.out.push_back(get_row(dut->out_data_o, 17));
      result.out_cycles.push_back(cycle);
    }
    if (tap) {
      result.tap.push_back(get_row(dut->tap_data_o, 32));
      result.tap_cycles.push_back(cycle);
    }
    dut.tick();
    advance(command, next.command, dut->cmd_valid_i);
    advance(act, next.act, dut->act_valid_i);
    advance(weight, next.weight, dut->weight_valid_i);
    advance(param, next.param, dut->param_valid_i);
    advance(residual, next.residual, dut->residual_valid_i);
    return command || act || weight || param || residual || out || tap;
  }

  static void advance(bool moved, std::size_t& next, CData& valid) {
    if (!moved) return;
    ++next;
    valid = 0;
  }

  template <class Port>
  Row get_row(const Port& port, int width) const {
    Row row(size_.cols);
    for (int c = 0; c < size_.cols; ++c) row[c] = get(port, c, width);
    return row;
  }

  CoreSize size_;
  std::mt19937 random_;
};

}  // namespace systole::test
