// core_work.cpp: makes random passes; expected rows come from int_matmul and mul_quant.
#include "tests/rtl/core_work.h"

#include <algorithm>

#include "model/ops/int_matmul.h"

namespace systole::test {

std::int64_t WorkMaker::between(std::int64_t lo, std::int64_t hi) {
  return std::uniform_int_distribution<std::int64_t>(lo, hi)(random_);
}

Row WorkMaker::random_row(int count, std::int32_t lo, std::int32_t hi) {
  Row row(count);
  for (auto& value : row) value = static_cast<std::int32_t>(between(lo, hi));
  return row;
}

Row WorkMaker::random_operands(int count, int bits) {
  return random_row(count, -(1 << (bits - 1)), (1 << (bits - 1)) - 1);
}

MulQuantChannel WorkMaker::random_channel() {
  const std::int64_t most = (std::int64_t{1} << (size_.scale_bits - 1)) - 1;
  MulQuantChannel channel;
  channel.shift = static_cast<int>(between(0, between(0, 3) == 0 ? 62 : 24));
  channel.scale =
      static_cast<std::int32_t>(between(-most - 1, most) >> between(0, size_.scale_bits - 1));
  channel.bias = between(-(1LL << 60), 1LL << 60) >> between(0, 60);
  channel.residual_scale = static_cast<std::int32_t>(between(-most - 1, most) >> between(0, 8));
  channel.residual_shift = static_cast<int>(between(0, std::min(channel.shift, 10)));
  return channel;
}

void WorkMaker::add(Work& work, Command command) {
  if (command.new_weights) {
    weights_ = IntTensor({size_.rows, size_.cols});
    for (int r = 0; r < size_.rows; ++r) {
      work.weight.push_back(random_operands(size_.cols, size_.weight_bits));
      std::copy(work.weight.back().begin(), work.weight.back().end(),
                weights_.data.begin() + r * size_.cols);
    }
  }
  if (command.new_params) {
    command.quant.channels.clear();
    for (int c = 0; c < size_.cols; ++c) command.quant.channels.push_back(random_channel());
    work.params.insert(work.params.end(), command.quant.channels.begin(),
                       command.quant.channels.end());
    quant_ = command.quant;
    residual_ = command.residual;
  }
  work.commands.push_back(command);

  IntTensor x({command.rows, size_.rows});
  for (int m = 0; m < command.rows; ++m) {
    work.act.push_back(command.stream ? random_row(size_.lanes(), -32768, 32767)
                                      : random_operands(size_.lanes(), size_.act_bits));
    std::copy_n(work.act.back().begin(), size_.rows, x.data.begin() + m * size_.rows);
  }
  const std::size_t first_row = work.act.size() - command.rows;
  const IntTensor product = command.stream ? IntTensor() : int_matmul(x, weights_);

  if (static_cast<int>(accumulators_.size()) < command.first_row + command.rows) {
    accumulators_.resize(command.first_row + command.rows, Row(size_.cols));
  }
  for (int m = 0; m < command.rows; ++m) {
    Row& sums = accumulators_[command.first_row + m];
    for (int c = 0; c < size_.cols; ++c) {
      const std::int32_t value =
          command.stream ? work.act[first_row + m][c] : product[m * size_.cols + c];
      const std::int32_t reduced = command.maximum ? std::max(sums[c], value) : sums[c] + value;
      sums[c] = command.first ? value : reduced;
    }
    if (!command.last) continue;

    work.tap.push_back(sums);
    Row residual(size_.cols, 0);
    if (residual_) {
      residual = random_row(size_.cols, -65536, 65535);
      work.residual.push_back(residual);
    }
    Row codes(size_.cols);
    for (int c = 0; c < size_.cols; ++c) {
      codes[c] = mul_quant(sums[c], residual[c], quant_.channel(c), quant_);
    }
    work.out.push_back(codes);
  }
}

void WorkMaker::add_random(Work& work, int most_rows) {
  const bool has_params = !quant_.channels.empty();
  Command command;
  command.rows = static_cast<int>(between(0, 1) == 0 ? between(1, 3) : between(1, most_rows));
  command.stream = has_params && between(0, 3) == 0;
  command.maximum = command.stream && between(0, 1) == 0;
  const auto written = static_cast<int>(accumulators_.size());
  // Rows that no pass has written hold anything: none is left out.
  const int most_first = std::min(written, size_.acc_depth - command.rows);
  if (between(0, 1) == 0) command.first_row = static_cast<int>(between(0, most_first));
  command.first = command.first_row + command.rows > written || between(0, 1) == 0;
  command.last = between(0, 1) == 0;
  command.new_weights = !command.stream && (weights_.data.empty() || between(0, 1) == 0);
  command.new_params = command.last && (!has_params || between(0, 1) == 0);
  command.residual = command.last && between(0, 1) == 0;
  command.quant.rounding = static_cast<Rounding>(between(0, 3));
  command.quant.zero_point_form =
      between(0, 1) == 0 ? ZeroPointForm::kKeep : ZeroPointForm::kSubtract;
  // Unsigned and signed outputs of 8, 16 and other widths up to 17 bits signed.
  const int shift = static_cast<int>(between(0, 9));
  command.quant.zero_point = static_cast<std::int32_t>(between(-65536, 65535) >> between(0, 16));
  const std::int64_t a = between(-65536, 65535) >> shift, b = between(-65536, 65535) >> shift;
  command.quant.clamp.lo = std::min(a, b);
  command.quant.clamp.hi = std::max(a, b);
  add(work, command);
}

}  // namespace systole::test
