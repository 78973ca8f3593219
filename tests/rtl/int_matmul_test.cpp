// int_matmul_test.cpp: rtl/int_matmul.sv against model/ops/int_matmul.h, with weight swaps.
#include "model/ops/int_matmul.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "VIntMatmul.h"
#include "VIntMatmulNarrow.h"
#include "tests/rtl/dut.h"

namespace systole::test {
namespace {

constexpr int kRows = 4, kCols = 6;

template <class M, int kActs, int kWeights>
struct Build {
  using Model = M;
  static constexpr int kActBits = kActs, kWeightBits = kWeights;
};

template <class B>
struct IntMatmulRtl : ::testing::Test {};

using Builds = ::testing::Types<Build<VIntMatmul, 9, 9>, Build<VIntMatmulNarrow, 4, 2>>;
TYPED_TEST_SUITE(IntMatmulRtl, Builds);

/// What the array's ports see, by cycle; a pass is placed at its rows' cycles.
struct Script {
  std::map<int, std::map<int, std::int32_t>> x, weight, sum;  // cycle -> element -> value
  std::map<int, bool> swap;
  int cycles = 0;

  /// Rows `x` [rows.size(), kRows] enter in the cycles `rows`; weights change before the first.
  void add(const std::vector<int>& rows, const IntTensor& xs, const IntTensor& ws) {
    swap[rows[0]] = true;
    for (int r = 0; r < kRows; ++r)
      for (int c = 0; c < kCols; ++c) weight[rows[0] + 1 + r + c][c] = ws[r * kCols + c];
    const IntTensor sums = int_matmul(xs, ws);
    for (int m = 0; m < static_cast<int>(rows.size()); ++m) {
      for (int r = 0; r < kRows; ++r) x[rows[m] + 1 + r][r] = xs[m * kRows + r];
      for (int c = 0; c < kCols; ++c) sum[rows[m] + 2 + kRows + c][c] = sums[m * kCols + c];
      cycles = rows[m] + 3 + kRows + kCols;
    }
  }

  template <class B>
  void expect_sums(unsigned seed) const {
    Dut<typename B::Model> dut(static_cast<int>(seed) + 1);
    std::mt19937 random(seed);
    for (int cycle = 0; cycle < cycles; ++cycle) {
      for (const auto& [c, value] : at(sum, cycle))
        ASSERT_EQ(get(dut->sum_o, c, 32), value) << "seed " << seed << " cycle " << cycle;
      // What no row uses is noise.
      for (int r = 0; r < kRows; ++r) put(dut->x_i, r, 16, random());
      for (int c = 0; c < kCols; ++c) put(dut->weight_i, c, B::kWeightBits, random());
      for (const auto& [r, value] : at(x, cycle)) put(dut->x_i, r, 16, value);
      for (const auto& [c, value] : at(weight, cycle)) put(dut->weight_i, c, B::kWeightBits, value);
      dut->swap_i = swap.count(cycle) != 0;
      dut.tick();
    }
  }

  static std::map<int, std::int32_t> at(const std::map<int, std::map<int, std::int32_t>>& events,
                                        int cycle) {
    const auto found = events.find(cycle);
    return found == events.end() ? std::map<int, std::int32_t>{} : found->second;
  }
};

IntTensor random_matrix(std::mt19937& random, int rows, int cols, int bits) {
  const int most = (1 << (bits - 1)) - 1;
  IntTensor matrix({rows, cols});
  for (auto& value : matrix.data) value = std::uniform_int_distribution<>(-most - 1, most)(random);
  return matrix;
}

TYPED_TEST(IntMatmulRtl, MultipliesTheExtremes) {
  const std::int32_t x_top = 1 << (TypeParam::kActBits - 1);
  const std::int32_t w_top = 1 << (TypeParam::kWeightBits - 1);
  for (const std::int32_t x : {-x_top, x_top - 1})
    for (const std::int32_t w : {-w_top, w_top - 1}) {
      Script script;
      script.add({3}, IntTensor({1, kRows}, x), IntTensor({kRows, kCols}, w));
      script.template expect_sums<TypeParam>(1);
    }
}

TYPED_TEST(IntMatmulRtl, SwapsWeightsBetweenPassesWithoutAGap) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    Script script;
    int cycle = 2;
    for (int pass = 0; pass < 12; ++pass) {
      const int count = kRows + pass % 3;  // The weight bus is free again after kRows cycles.
      std::vector<int> rows(count);
      for (auto& row : rows) row = cycle++;
      script.add(rows, random_matrix(random, count, kRows, TypeParam::kActBits),
                 random_matrix(random, kRows, kCols, TypeParam::kWeightBits));
    }
    script.template expect_sums<TypeParam>(seed);
    if (this->HasFatalFailure()) return;
  }
}

TYPED_TEST(IntMatmulRtl, KeepsRowsApartThatComeWithGaps) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    Script script;
    int cycle = 2;
    for (int pass = 0; pass < 8; ++pass) {
      const int count = 1 + static_cast<int>(random() % 5);
      std::vector<int> rows(count);
      const int begin = cycle;
      for (auto& row : rows) {
        row = cycle;
        cycle += 1 + static_cast<int>(random() % 3);
      }
      script.add(rows, random_matrix(random, count, kRows, TypeParam::kActBits),
                 random_matrix(random, kRows, kCols, TypeParam::kWeightBits));
      cycle = std::max(cycle, begin + kRows);
    }
    script.template expect_sums<TypeParam>(seed);
    if (this->HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace systole::test
