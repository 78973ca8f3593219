// mul_quant_test.cpp: rtl/mul_quant.sv against model/ops/mul_quant.h.
#include "model/ops/mul_quant.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

#include "VMulQuant.h"
#include "VMulQuant16.h"
#include "tests/rtl/lanes.h"

namespace systole::test {
namespace {

std::vector<std::int32_t> every(std::int32_t lo, std::int32_t hi) {
  std::vector<std::int32_t> values;
  for (std::int32_t value = lo; value <= hi; ++value) values.push_back(value);
  return values;
}

MulQuant op_with(Rounding rounding, ZeroPointForm form, std::int32_t zero_point, IntRange clamp) {
  MulQuant op;
  op.rounding = rounding;
  op.zero_point_form = form;
  op.zero_point = zero_point;
  op.clamp = clamp;
  return op;
}

constexpr Rounding kRoundings[] = {Rounding::kHalfEven, Rounding::kHalfUp, Rounding::kHalfAway,
                                   Rounding::kFloor};
constexpr ZeroPointForm kForms[] = {ZeroPointForm::kKeep, ZeroPointForm::kSubtract};

// Lane c shifts by c: all accumulators of 7 bits, small scales, all shifts to 7.
template <class L>
void expect_all_small_values(L& lanes, int cols) {
  for (const Rounding rounding : kRoundings)
    for (const ZeroPointForm form : kForms)
      for (const std::int32_t zero_point : {-3, 0, 5})
        for (std::int32_t scale = -4; scale <= 4; ++scale)
          for (const std::int64_t bias : {-3, 0, 8}) {
            MulQuant op = op_with(rounding, form, zero_point, {-8, 7});
            for (int c = 0; c < cols; ++c) op.channels.push_back({scale, bias, c, 0, 0});
            lanes.expect_codes(op, false, every(-64, 63), {1});
            if (::testing::Test::HasFatalFailure()) return;
          }
}

TEST(MulQuantRtl, EqualsTheOpForAllSmallValues) {
  Lanes<VMulQuant, 8, 32> lanes;
  expect_all_small_values(lanes, 8);
}

TEST(MulQuantRtl, EqualsTheOpForAllSmallValuesWith16BitScales) {
  Lanes<VMulQuant16, 4, 16> lanes;
  expect_all_small_values(lanes, 4);
}

TEST(MulQuantRtl, EqualsTheOpForAllSmallResiduals) {
  Lanes<VMulQuant, 8, 32> lanes;
  for (const Rounding rounding : kRoundings)
    for (std::int32_t scale = -2; scale <= 2; ++scale)
      for (std::int32_t residual_scale = -3; residual_scale <= 3; ++residual_scale)
        for (const int down : {0, 1, 3}) {
          MulQuant op = op_with(rounding, ZeroPointForm::kKeep, 0, {-128, 127});
          for (int c = 0; c < 8; ++c)
            op.channels.push_back({scale, 1, c, residual_scale, std::max(0, c - down)});
          lanes.expect_codes(op, true, every(-16, 15), every(-8, 7));
          if (HasFatalFailure()) return;
        }
}

TEST(MulQuantRtl, HoldsAtTheCornersOfFullWidth) {
  Lanes<VMulQuant, 8, 32> lanes;
  const std::int32_t low = INT32_MIN, high = INT32_MAX;
  const std::vector<std::int32_t> accs = {low / 4, low / 4 + 1, -1, 0, 1, high / 4, 32767, -32768};
  for (const Rounding rounding : kRoundings)
    for (const ZeroPointForm form : kForms)
      for (const IntRange clamp :
           {IntRange{-65536, 65535}, {-32768, 32767}, {0, 65535}, {0, 255}, {-128, 127}, {0, 0}})
        for (const std::int32_t zero_point : {-65536, 0, 128, 65535}) {
          MulQuant op = op_with(rounding, form, zero_point, clamp);
          op.channels = {{low, 0, 62, 0, 0},
                         {high, 1LL << 60, 62, 0, 0},
                         {low, -(1LL << 60), 61, 0, 0},
                         {high, -1, 32, high, 12},
                         {1, 0, 0, 0, 0},
                         {-1, 1, 1, low, 0},
                         {low, 1LL << 60, 16, low, 12},
                         {0, 0, 0, 0, 0}};
          for (const bool residual : {false, true}) {
            lanes.expect_codes(op, residual, accs, {-65536, -1, 0, 1, 65535});
            if (HasFatalFailure()) return;
          }
        }
}

// Operands arrive in every cycle and lanes are reloaded at random: a row keeps the parameters
// it entered with through all stages.
TEST(MulQuantRtl, NewParametersLeaveRowsInFlightAlone) {
  constexpr int kCols = 8;
  constexpr unsigned kSeed = 11;
  Lanes<VMulQuant, kCols, 32> lanes;
  std::mt19937 random(kSeed);
  const auto between = [&](std::int64_t lo, std::int64_t hi) {
    return std::uniform_int_distribution<std::int64_t>(lo, hi)(random);
  };
  const auto random_op = [&] {
    MulQuant op =
        op_with(static_cast<Rounding>(between(0, 3)), kForms[between(0, 1)],
                static_cast<std::int32_t>(between(-200, 200)), {between(-300, 0), between(0, 300)});
    MulQuantChannel channel;
    channel.scale = static_cast<std::int32_t>(between(INT32_MIN, INT32_MAX));
    channel.bias = between(-(1LL << 50), 1LL << 50);
    channel.shift = static_cast<int>(between(20, 50));
    channel.residual_scale = static_cast<std::int32_t>(between(INT32_MIN, INT32_MAX));
    channel.residual_shift = static_cast<int>(between(0, 12));
    op.channels = {channel};
    return op;
  };
  std::vector<MulQuant> ops(kCols, random_op());
  std::vector<char> residuals(kCols, 0);
  lanes.load_all(ops[0].channels, quant_bits(ops[0], false));
  std::deque<std::vector<std::int32_t>> expected;
  for (int cycle = 0; cycle < 20000; ++cycle) {
    std::vector<std::int32_t> codes(kCols);
    for (int lane = 0; lane < kCols; ++lane) {
      const auto acc = static_cast<std::int32_t>(between(-(1 << 24), 1 << 24));
      const auto residual = static_cast<std::int32_t>(between(-65536, 65535));
      lanes.operand(lane, acc, residual);
      codes[lane] = mul_quant(acc, residuals[lane] ? residual : 0, ops[lane].channel(0), ops[lane]);
    }
    expected.push_back(codes);
    lanes.dut->load_i = 0;
    if (between(0, 2) == 0) {
      const int lane = static_cast<int>(between(0, kCols - 1));
      ops[lane] = random_op();
      residuals[lane] = static_cast<char>(between(0, 1));
      lanes.load(lane, ops[lane], residuals[lane] != 0);
    }
    lanes.dut.tick();
    if (static_cast<int>(expected.size()) < kLatency) continue;
    for (int lane = 0; lane < kCols; ++lane)
      ASSERT_EQ(lanes.code(lane), expected.front()[lane]) << "seed " << kSeed << " cycle " << cycle;
    expected.pop_front();
  }
}

}  // namespace
}  // namespace systole::test
