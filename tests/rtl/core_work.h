// core_work.h: passes for the core as beats per channel, with the rows that the C++ ops expect.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "model/ops/mul_quant.h"
#include "model/tensor/tensor.h"

namespace systole::test {

using Row = std::vector<std::int32_t>;

/// One command; `quant` counts where `new_params` is set.
struct Command {
  int rows = 1;
  int first_row = 0;  ///< Accumulator address.
  bool stream = false;
  bool maximum = false;
  bool first = true;
  bool last = true;
  bool new_weights = true;
  bool new_params = true;
  bool residual = false;
  MulQuant quant;
};

/// Beats in channel order and the rows that must come out.
struct Work {
  std::vector<Command> commands;
  std::vector<Row> act, weight, residual;
  std::vector<MulQuantChannel> params;
  std::vector<Row> out, tap;
};

struct CoreSize {
  int rows = 4;
  int cols = 4;
  int acc_depth = 1024;
  int scale_bits = 32;
  int act_bits = 9;
  int weight_bits = 9;

  int lanes() const { return rows > cols ? rows : cols; }
};

/// Makes random work and tracks what the core must hold: weights, parameters, accumulators.
class WorkMaker {
 public:
  WorkMaker(const CoreSize& size, unsigned seed) : size_(size), random_(seed) {}

  /// Adds a pass with random operands; `command.quant.clamp` is kept, channels are made here.
  void add(Work& work, Command command);

  /// Adds a pass whose command is random too, within the contract.
  void add_random(Work& work, int most_rows);

  std::int64_t between(std::int64_t lo, std::int64_t hi);

 private:
  MulQuantChannel random_channel();
  Row random_row(int count, std::int32_t lo, std::int32_t hi);
  Row random_operands(int count, int bits);

  CoreSize size_;
  std::mt19937_64 random_;
  IntTensor weights_;              ///< [rows, cols] of the array.
  std::vector<Row> accumulators_;  ///< Rows that some pass has written.
  MulQuant quant_;
  bool residual_ = false;
};

}  // namespace systole::test
