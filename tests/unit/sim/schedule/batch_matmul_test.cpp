// batch_matmul_test.cpp: products of two activations: the second operand takes the weights' place,
// the items of the leading axes (batch, windows, heads) are groups.
#include <gtest/gtest.h>

#include "model/ops/int_batch_matmul.h"
#include "sim/schedule/cycles.h"
#include "sim/schedule/tasks.h"
#include "tests/fixtures/draw.h"
#include "tests/unit/sim/schedule/play.h"

namespace systole {
namespace {

struct BatchProduct {
  std::string name;
  Shape leading;  ///< The batch first.
  std::int64_t m, k, n;
  bool transpose_a = false, transpose_b = false;

  Shape a() const { return operand(transpose_a ? k : m, transpose_a ? m : k); }
  Shape b() const { return operand(transpose_b ? n : k, transpose_b ? k : n); }
  IntNode node() const {
    return {"qk", {"q", "k"}, IntBatchMatmul{transpose_a, transpose_b}, {.type = {.bits = 32}}};
  }

 private:
  Shape operand(std::int64_t rows, std::int64_t columns) const {
    Shape shape = leading;
    shape.push_back(rows);
    shape.push_back(columns);
    return shape;
  }
};

const BatchProduct kBatchProducts[] = {
    {"OneByOne", {1}, 1, 1, 1},
    {"DepthOne", {1}, 5, 1, 6},
    {"OneRow", {1, 3}, 1, 9, 7},
    {"OneColumn", {1, 3}, 6, 9, 1},
    {"TwoHeadsSideBySide", {1, 2}, 5, 3, 2},
    {"FiveHeadsOfWhichThreeFit", {1, 5}, 4, 2, 1},
    {"RaggedInAll", {1, 3}, 7, 6, 9},
    {"FirstOperandSwapped", {1, 3}, 7, 6, 9, true},
    {"SecondOperandSwapped", {1, 3}, 7, 6, 9, false, true},
    {"BothSwapped", {2, 3}, 7, 6, 9, true, true},
    {"BatchWindowsHeads", {2, 3, 2}, 3, 2, 2, false, true},
};

class ScheduledBatchMatmul : public testing::TestWithParam<BatchProduct> {};

void expect_product(const BatchProduct& c, const IntTensor& a, const IntTensor& b,
                    const Geometry& geometry) {
  constexpr unsigned kSeed = 5;
  Draw draw(kSeed);
  const IntTensor acc = int_batch_matmul(a, b, c.transpose_a, c.transpose_b, 0, 0);
  const IntTensor residual = draw.codes(acc.shape, 131072, -65536);
  const IntTensor constants = draw.codes({c.n, 3}, 20001, -10000);
  MulQuant quant{.clamp = {-32768, 32767}};
  for (std::int64_t j = 0; j < c.n; ++j)
    quant.channels.push_back({constants[3 * j], constants[3 * j + 1], 12, constants[3 * j + 2], 3});
  const IntNode product = c.node();
  const IntNode rescale{"qk.quant", {"qk", "bias"}, quant, {}};
  const Job job{&product, &rescale, 0, c.n};
  const Played played = play(job, {a, &residual, &b}, geometry);
  EXPECT_EQ(played.accumulators.data, acc.data) << "seed " << kSeed;
  EXPECT_EQ(played.output.data, mul_quant(acc, &residual, quant).data) << "seed " << kSeed;
}

TEST_P(ScheduledBatchMatmul, GivesTheOpsAccumulatorsAndCodes) {
  const BatchProduct& c = GetParam();
  Draw draw(7);
  const IntTensor a = draw.codes(c.a(), 512, -256), b = draw.codes(c.b(), 512, -256);
  for (const Geometry& geometry :
       {Geometry{4, 4, 1024, 32}, Geometry{4, 4, 3, 32}, Geometry{8, 4, 1024, 32},
        Geometry{3, 8, 5, 32}, Geometry{16, 16, 1024, 32}}) {
    SCOPED_TRACE(std::to_string(geometry.rows) + "x" + std::to_string(geometry.cols));
    expect_product(c, a, b, geometry);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ScheduledBatchMatmul, testing::ValuesIn(kBatchProducts),
                         [](const auto& shape) { return shape.param.name; });

TEST(BatchMatmul, TakesProbabilitiesOf255AndCodesOfMinus128) {
  const BatchProduct attnv{"", {1, 2}, 3, 5, 2};
  const IntTensor p(attnv.a(), 255), v(attnv.b(), -128);
  expect_product(attnv, p, v, {4, 4, 1024, 32});
  const IntNode node = attnv.node();
  const Played played = play({&node, nullptr, 0, 2}, {p, nullptr, &v}, {4, 4, 1024, 32});
  EXPECT_EQ(played.accumulators, IntTensor({3, 4}, 5 * 255 * -128));
}

TEST(OutputOrder, PutsItemBehindItem) {
  const BatchProduct product{"", {1, 2}, 3, 5, 4};
  const IntNode node = product.node();
  const OutputOrder order = order_of({&node, nullptr, 0, 4}, product.a());
  EXPECT_EQ(order.flat(0, 0), 0);
  EXPECT_EQ(order.flat(2, 3), 11);
  EXPECT_EQ(order.flat(1, 4), 16);  // Item 1, row 1, column 0.
  EXPECT_EQ(order.run(3, 5), 1);
  for (std::int64_t flat = 0; flat < 24; ++flat)
    EXPECT_EQ(order.flat(order.row(flat), order.channel(flat)), flat);
}

TEST(OutputOrder, IsRowAfterRowWhereThereIsOneItem) {
  const IntNode node{"fc", {"x"}, IntMatmul{IntTensor({2, 7})}, {}};
  const OutputOrder order = order_of({&node, nullptr}, {3, 2, 2});
  EXPECT_EQ(order.flat(4, 5), 4 * 7 + 5);
  EXPECT_EQ(order.run(3, 9), 4);
}

// 3 heads of 2 columns: two side by side, the third alone.
TEST(BatchMatmul, LocatesItsElementsInTilesOfHeads) {
  const BatchProduct product{"", {1, 3}, 5, 2, 2};
  const IntNode node = product.node();
  const Geometry geometry = {4, 4, 1024, 32};
  const Job job{&node, nullptr, 0, 2};
  const Layout layout = make_layout(job, product.a(), geometry, whole(job, product.a()));
  ASSERT_EQ(layout.packs.size(), 2U);
  EXPECT_EQ(layout.packs[0], (PackShape{4, 0, 4, 0, 4, 4, 4}));
  EXPECT_EQ(layout.packs[1], (PackShape{2, 4, 2, 4, 2, 4, 4}));
  const Schedule schedule = make_schedule(layout);
  const auto place = [&](std::int64_t head, std::int64_t row, std::int64_t column) {
    const Place found = locate((head * 5 + row) * 2 + column, layout, schedule);
    return std::array<std::int64_t, 3>{found.tile, found.row, found.column};
  };
  EXPECT_EQ(place(0, 3, 1), (std::array<std::int64_t, 3>{0, 3, 1}));
  EXPECT_EQ(place(1, 0, 1), (std::array<std::int64_t, 3>{0, 0, 3}));
  EXPECT_EQ(place(2, 4, 0), (std::array<std::int64_t, 3>{1, 4, 0}));
}

TEST(BatchMatmul, CountsTheZerosBetweenHeadsSideBySide) {
  const BatchProduct product{"", {1, 2}, 8, 2, 2};
  const IntNode node = product.node();
  const Job job{&node, nullptr, 0, 2};
  const Layout layout = make_layout(job, product.a(), {4, 4, 1024, 32}, whole(job, product.a()), 2);
  const Cycles cycles = predict(layout, make_schedule(layout));
  EXPECT_EQ(cycles.useful, 2 * 8 * 2 * 2);
  EXPECT_EQ(cycles.block_diagonal, 8 * 16 - cycles.useful);
  EXPECT_EQ(cycles.ragged, 0);
}

TEST(BatchMatmul, IsCutIntoRegionsThatTileItsOutputOnce) {
  const BatchProduct product{"", {2, 3}, 9, 5, 6};
  const IntNode node = product.node();
  const Job job{&node, nullptr, 0, 6};
  Draw draw(3);
  const IntTensor a = draw.codes(product.a(), 512, -256), b = draw.codes(product.b(), 512, -256);
  const IntTensor acc = int_batch_matmul(a, b, false, false, 0, 0);
  const Geometry geometry = {4, 4, 1024, 32};
  std::vector<int> times(acc.data.size());
  std::size_t units = 0;
  for (const Task& task : make_tasks({job}, {{"q", product.a()}}, geometry, 60))
    for (const Unit& unit : task.units) {
      ++units;
      const Played played = play(job, {a, nullptr, &b}, geometry, unit.region);
      const OutputOrder order = order_of(job, product.a());
      for (std::int64_t row = 0; row < unit.region.rows; ++row)
        for (std::int64_t c = 0; c < unit.region.channels; ++c) {
          const std::int64_t flat = order.flat(unit.region.m + row, unit.region.channel + c);
          ++times[static_cast<std::size_t>(flat)];
          EXPECT_EQ(played.accumulators[flat], acc[flat]) << flat;
        }
    }
  EXPECT_GT(units, 3U);
  EXPECT_EQ(times, std::vector<int>(times.size(), 1));
}

double utilisation(const BatchProduct& product, const Geometry& geometry) {
  const IntNode node = product.node();
  const Job job{&node, nullptr, 0, product.n};
  const Shape a = product.a();
  const Layout layout = make_layout(job, a, geometry, whole(job, a));
  const Cycles cycles = predict(layout, make_schedule(layout));
  return static_cast<double>(cycles.useful) /
         static_cast<double>(cycles.total * geometry.rows * geometry.cols);
}

// 197 columns are 6.2 tiles, 197 products as many, 49 rows of a window 3.1 tiles of 16.
TEST(BatchMatmul, UsesTheArrayAsWellAsTheShapesAllow) {
  const Geometry large = {32, 32, 1024, 32}, small = {16, 16, 1024, 32};
  EXPECT_GT(utilisation({"DeiT qk", {1, 3}, 197, 64, 197, false, true}, large), 0.85);
  EXPECT_GT(utilisation({"DeiT attnv", {1, 3}, 197, 197, 64}, large), 0.85);
  EXPECT_GT(utilisation({"heads of 16, qk", {1, 4}, 197, 16, 197, false, true}, small), 0.90);
  EXPECT_GT(utilisation({"heads of 16, attnv", {1, 4}, 197, 197, 16}, small), 0.90);
  EXPECT_GT(utilisation({"Swin qk", {1, 16, 3}, 49, 16, 49, false, true}, small), 0.75);
  EXPECT_GT(utilisation({"Swin attnv", {1, 16, 3}, 49, 49, 16}, small), 0.75);
}

// Alone, a head of 4 x 4 would wait for its weights.
TEST(BatchMatmul, PutsSmallHeadsSideBySide) {
  const BatchProduct product{"", {1, 8}, 4, 4, 4};
  const IntNode node = product.node();
  const Job job{&node, nullptr, 0, 4};
  const Layout layout = make_layout(job, product.a(), {16, 16, 1024, 32}, whole(job, product.a()));
  ASSERT_EQ(layout.packs.size(), 2U);
  EXPECT_EQ(layout.packs[0].channels, 16);
}

}  // namespace
}  // namespace systole
