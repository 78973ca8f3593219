// lanes.h: drives rtl/mul_quant.sv: parameters lane by lane, operands every cycle.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "model/ops/mul_quant.h"
#include "tests/rtl/dut.h"

namespace systole::test {

inline constexpr int kLatency = 3;

/// quant_t of rtl/systole_pkg.sv; `rounding` is the command field.
inline std::uint64_t quant_bits(int rounding, bool subtract_zp, std::int32_t zero_point,
                                const IntRange& clamp, bool residual) {
  const auto field = [](std::int64_t value) { return std::uint64_t{bits(value, 17)}; };
  return std::uint64_t{residual} << 55 | static_cast<std::uint64_t>(rounding) << 52 |
         std::uint64_t{subtract_zp} << 51 | field(zero_point) << 34 | field(clamp.lo) << 17 |
         field(clamp.hi);
}

inline std::uint64_t quant_bits(const MulQuant& op, bool residual) {
  return quant_bits(static_cast<int>(op.rounding), op.zero_point_form == ZeroPointForm::kSubtract,
                    op.zero_point, op.clamp, residual);
}

/// What a lane must give for an accumulator and a residual operand.
using Expected = std::function<std::int32_t(int lane, std::int32_t acc, std::int32_t residual)>;

template <class Model, int kCols, int kScaleBits>
class Lanes {
 public:
  Lanes() { dut->load_i = 0; }

  /// In the next tick, lane `lane` gets these constants for the operands after it.
  void load(int lane, const MulQuantChannel& channel, std::uint64_t quant) {
    dut->load_i = 1;
    put(dut->load_col_i, 0, 8, lane);
    put(dut->scale_i, 0, kScaleBits, channel.scale);
    dut->bias_i = static_cast<std::uint64_t>(channel.bias);
    put(dut->shift_i, 0, 6, channel.shift);
    put(dut->residual_scale_i, 0, kScaleBits, channel.residual_scale);
    put(dut->residual_shift_i, 0, 6, channel.residual_shift);
    dut->quant_i = quant;
  }

  void load(int lane, const MulQuant& op, bool residual) {
    load(lane, op.channel(lane), quant_bits(op, residual));
  }

  void operand(int lane, std::int32_t acc, std::int32_t residual) {
    put(dut->acc_i, lane, 32, acc);
    put(dut->residual_i, lane, 17, residual);
  }

  std::int32_t code(int lane) { return get(dut->code_o, lane, 17); }

  void load_all(const std::vector<MulQuantChannel>& channels, std::uint64_t quant) {
    for (int lane = 0; lane < kCols; ++lane) {
      load(lane, channels[channels.size() == 1 ? 0 : lane], quant);
      dut.tick();
    }
    dut->load_i = 0;
  }

  /// Feeds all lanes the same operands, one pair per cycle, and compares every code.
  void expect_codes(const Expected& expected, const std::vector<std::int32_t>& accs,
                    const std::vector<std::int32_t>& residuals) {
    const std::size_t count = accs.size() * residuals.size();
    const auto acc = [&](std::size_t i) { return accs[i % accs.size()]; };
    const auto other = [&](std::size_t i) { return residuals[i / accs.size()]; };
    for (std::size_t i = 0; i < count + kLatency - 1; ++i) {
      for (int lane = 0; lane < kCols && i < count; ++lane) operand(lane, acc(i), other(i));
      dut.tick();
      if (i < kLatency - 1) continue;
      const std::size_t of = i - (kLatency - 1);
      for (int lane = 0; lane < kCols; ++lane)
        ASSERT_EQ(code(lane), expected(lane, acc(of), other(of)))
            << "lane " << lane << " acc " << acc(of) << " residual " << other(of);
    }
  }

  /// `expect_codes` of a mul_quant.
  void expect_codes(const MulQuant& op, bool residual, const std::vector<std::int32_t>& accs,
                    const std::vector<std::int32_t>& residuals) {
    load_all(op.channels, quant_bits(op, residual));
    const auto expected = [&](int lane, std::int32_t acc, std::int32_t other) {
      return mul_quant(acc, residual ? other : 0, op.channel(lane), op);
    };
    expect_codes(expected, accs, residuals);
    if (!::testing::Test::HasFatalFailure()) return;
    for (int lane = 0; lane < kCols; ++lane) {
      const MulQuantChannel& channel = op.channel(lane);
      ADD_FAILURE() << "lane " << lane << ": scale " << channel.scale << " bias " << channel.bias
                    << " shift " << channel.shift << " residual scale " << channel.residual_scale
                    << " << " << channel.residual_shift << " rounding "
                    << static_cast<int>(op.rounding) << " zero point " << op.zero_point << " form "
                    << static_cast<int>(op.zero_point_form);
    }
  }

  Dut<Model> dut;
};

}  // namespace systole::test
