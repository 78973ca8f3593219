// functional_core.h: what the core's channel contract means, beat by beat, in the plainest C++.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "model/ops/mul_quant.h"
#include "sim/channel/beats.h"

namespace systole {

/// Takes all beats of a job, one vector per channel, and returns output and tap beats. Knows tiles
/// and passes from the commands alone, as the RTL does.
class FunctionalCore {
 public:
  explicit FunctionalCore(const Geometry& geometry)
      : geometry_(geometry),
        weights_(geometry.rows * geometry.cols),
        accumulators_(geometry.acc_depth * geometry.cols) {
    quant_.channels.resize(geometry.cols);
  }

  template <class T>
  using Beats = std::deque<std::vector<T>>;

  std::deque<CommandBeat> commands;
  Beats<std::int16_t> activations, weights;
  std::deque<ParameterBeat> parameters;
  Beats<std::int32_t> residuals, outputs, taps;

  void run() {
    for (; !commands.empty(); commands.pop_front()) pass(commands.front());
  }

 private:
  template <class Queue>
  auto take(Queue& queue) {
    auto beat = queue.front();
    queue.pop_front();
    return beat;
  }

  void load(const CommandBeat& command) {
    if (command.new_weights)
      for (std::uint32_t r = 0; r < geometry_.rows; ++r) {
        const auto row = take(weights);
        std::copy(row.begin(), row.end(), weights_.begin() + r * geometry_.cols);
      }
    if (!command.new_params) return;
    for (MulQuantChannel& channel : quant_.channels) {
      const ParameterBeat beat = take(parameters);
      channel = {beat.scale, beat.bias, beat.shift, beat.residual_scale, beat.residual_shift};
    }
    quant_.rounding = static_cast<Rounding>(command.rounding);
    quant_.zero_point = command.zero_point;
    quant_.zero_point_form = command.subtract_zp ? ZeroPointForm::kSubtract : ZeroPointForm::kKeep;
    quant_.clamp = {command.lo, command.hi};
  }

  void pass(const CommandBeat& command) {
    load(command);
    ASSERT_GE(command.rows, 1);
    ASSERT_LE(command.first_row + command.rows, geometry_.acc_depth);
    for (std::uint32_t m = 0; m < command.rows; ++m) {
      const auto x = take(activations);
      std::vector<std::int32_t> sums(geometry_.cols);
      for (std::uint32_t c = 0; c < geometry_.cols; ++c)
        sums[c] = reduce(command, command.first_row + m, c, command.stream ? x[c] : product(c, x));
      if (command.last) emit(command, sums);
    }
  }

  std::int32_t product(std::uint32_t c, const std::vector<std::int16_t>& x) const {
    std::int32_t sum = 0;
    for (std::uint32_t r = 0; r < geometry_.rows; ++r)
      sum += x[r] * weights_[r * geometry_.cols + c];
    return sum;
  }

  std::int32_t reduce(const CommandBeat& command, std::uint32_t m, std::uint32_t c,
                      std::int32_t value) {
    std::int32_t& acc = accumulators_[m * geometry_.cols + c];
    if (command.first)
      acc = value;
    else
      acc = command.maximum ? std::max(acc, value) : acc + value;
    return acc;
  }

  void emit(const CommandBeat& command, const std::vector<std::int32_t>& sums) {
    const auto residual =
        command.residual ? take(residuals) : std::vector<std::int32_t>(sums.size());
    std::vector<std::int32_t> codes(sums.size());
    for (std::size_t c = 0; c < sums.size(); ++c)
      codes[c] = mul_quant(sums[c], residual[c], quant_.channels[c], quant_);
    if (geometry_.has_lanes) outputs.push_back(codes);
    taps.push_back(sums);
  }

  Geometry geometry_;
  std::vector<std::int16_t> weights_;
  std::vector<std::int32_t> accumulators_;
  MulQuant quant_;
};

}  // namespace systole
