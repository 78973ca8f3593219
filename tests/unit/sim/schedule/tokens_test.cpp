// tokens_test.cpp: constants of the lanes that differ from token to token: the last K tile of a
// chunk is one pass per row.
#include <gtest/gtest.h>

#include "sim/schedule/cycles.h"
#include "tests/unit/sim/schedule/play.h"

namespace systole {
namespace {

/// x [2, tokens, k] by weights [k, n], constants per token and channel, or per token.
struct TokenJob {
  TokenJob(std::int64_t tokens, std::int64_t k, std::int64_t n, std::int64_t constants)
      : product{"fc", {"x"}, IntMatmul{IntTensor({k, n}, 1)}, {}},
        quant{"fc.quant", {"fc"}, MulQuant{.clamp = {-65536, 65535}, .tokens = tokens}, {}},
        x({2, tokens, k}, 1) {
    for (std::int64_t i = 0; i < tokens * constants; ++i)
      std::get<MulQuant>(quant.op).channels.push_back({.scale = static_cast<std::int32_t>(i + 1)});
  }
  TokenJob(const TokenJob&) = delete;

  Job job() const { return {&product, &quant}; }
  Layout layout(const Geometry& geometry) const {
    return make_layout(job(), x.shape, geometry, whole(job(), x.shape));
  }

  IntNode product, quant;
  IntTensor x;
};

constexpr Geometry kCore = {4, 4, 1024, 32};

TEST(Tokens, HaveAPassEachInTheLastKTileOnly) {
  const TokenJob tokens(3, 8, 4, 4);
  const Schedule schedule = make_schedule(tokens.layout(kCore));
  ASSERT_EQ(schedule.passes.size(), 7U);
  EXPECT_EQ(schedule.passes[0].command.rows, 6);
  EXPECT_FALSE(schedule.passes[0].command.last);
  for (std::uint16_t row = 0; row < 6; ++row) {
    const CommandBeat& command = schedule.passes[row + 1U].command;
    EXPECT_EQ(command.rows, 1);
    EXPECT_EQ(command.first_row, row);
    EXPECT_EQ(command.new_weights, row == 0);
    EXPECT_TRUE(command.last && command.new_params);
  }
  EXPECT_EQ(schedule.output_beats, 6U);
}

TEST(Tokens, TakeTheirOwnConstants) {
  const TokenJob tokens(3, 8, 2, 2);  // Sums of 8; constants 1, 2 | 3, 4 | 5, 6, for both samples.
  const Played played = play(tokens.job(), {tokens.x}, kCore);
  EXPECT_EQ(played.output.data,
            (std::vector<std::int32_t>{8, 16, 24, 32, 40, 48, 8, 16, 24, 32, 40, 48}));
  const TokenJob one_each(3, 8, 2, 1);
  EXPECT_EQ(play(one_each.job(), {one_each.x}, kCore).output.data,
            (std::vector<std::int32_t>{8, 8, 16, 16, 24, 24, 8, 8, 16, 16, 24, 24}));
}

TEST(Tokens, AreTheRowsOfTheOutputNotOfARegionOrAChunk) {
  const TokenJob tokens(3, 3, 1, 1);
  const Played region = play(tokens.job(), {tokens.x}, kCore, {2, 3, 0, 1});
  EXPECT_EQ(region.output.data, (std::vector<std::int32_t>{0, 0, 9, 3, 6, 0}));
  Geometry shallow = kCore;
  shallow.acc_depth = 4;
  EXPECT_EQ(play(tokens.job(), {tokens.x}, shallow).output.data,
            (std::vector<std::int32_t>{3, 6, 9, 3, 6, 9}));
}

TEST(Tokens, CostTheLoadOfASetPerRow) {
  const TokenJob tokens(6, 8, 4, 4), all(6, 8, 4, 4);
  const std::int64_t without = [&] {
    Layout layout = all.layout(kCore);
    layout.lanes->tokens = 1;
    return predict(layout, make_schedule(layout)).total;
  }();
  const Layout layout = tokens.layout(kCore);
  EXPECT_EQ(predict(layout, make_schedule(layout)).total, without + 11 * (4 - 1));  // 12 rows.
}

TEST(Tokens, ShareAnOutputTile) {
  for (const std::int64_t k : {3, 8}) {
    const TokenJob tokens(3, k, 6, 6);
    const Layout layout = tokens.layout(kCore);
    const Schedule schedule = make_schedule(layout);
    const Place place = locate(4 * 6 + 5, layout, schedule);
    EXPECT_EQ(place.tile, 1U) << k;
    EXPECT_EQ(place.row, 4) << k;
    EXPECT_EQ(place.column, 1) << k;
  }
}

}  // namespace
}  // namespace systole
