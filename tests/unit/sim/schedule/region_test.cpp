// region_test.cpp: any job on any array, whole or in parts, computes what the op does.
#include <gtest/gtest.h>

#include "tests/unit/sim/schedule/play.h"
#include "tests/unit/sim/schedule/random_job.h"

namespace systole {
namespace {

using Random = std::mt19937;

std::uint32_t draw(Random& random, std::uint32_t lo, std::uint32_t hi) {
  return std::uniform_int_distribution<std::uint32_t>(lo, hi)(random);
}

Geometry random_geometry(Random& random) {
  return {.rows = draw(random, 2, 9),
          .cols = draw(random, 2, 9),
          .acc_depth = draw(random, 2, 40),
          .scale_bits = 32};
}

/// Increasing positions from 0 to `end`.
std::vector<std::int64_t> random_cuts(Random& random, std::int64_t end) {
  std::vector<std::int64_t> cuts = {0};
  while (cuts.back() < end)
    cuts.push_back(std::min<std::int64_t>(
        end, cuts.back() + draw(random, 1, static_cast<std::uint32_t>(end))));
  return cuts;
}

/// Rectangles that tile `all`, whatever the job.
std::vector<Region> random_regions(Random& random, const Region& all) {
  std::vector<Region> regions;
  const auto rows = random_cuts(random, all.rows);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto channels = random_cuts(random, all.channels);
    for (std::size_t j = 1; j < channels.size(); ++j)
      regions.push_back(
          {rows[i - 1], rows[i] - rows[i - 1], channels[j - 1], channels[j] - channels[j - 1]});
  }
  return regions;
}

/// Plays every region into tensors that hold none of the op's values at first.
void expect_regions_give_the_ops_tensors(const RandomJob& random, const Geometry& geometry,
                                         const std::vector<Region>& regions) {
  constexpr std::int32_t kUntouched = 0x7fffffff;
  const Shape shape = {random.accumulators.rows(), random.accumulators.channels()};
  const OutputOrder order = order_of(random.job(), random.x.shape);
  IntTensor accumulators(shape, kUntouched), output(shape, kUntouched);
  for (const Region& region : regions) {
    const Played played = play(random.job(), random.inputs(), geometry, region);
    for (std::int64_t m = region.m; m < region.m + region.rows; ++m)
      for (std::int64_t c = region.channel; c < region.channel + region.channels; ++c) {
        const std::int64_t flat = order.flat(m, c);
        accumulators[flat] = played.accumulators[flat];
        output[flat] = played.output[flat];
      }
  }
  EXPECT_EQ(accumulators.data, random.accumulators.data);
  if (random.has_quant) {
    EXPECT_EQ(output.data, random.output.data);
  }
}

TEST(AnyJob, ComputesItsOpOnAnyArray) {
  for (unsigned seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    const auto job = random_job(random);
    const Geometry geometry = random_geometry(random);
    SCOPED_TRACE(job->text + ", seed " + std::to_string(seed));
    expect_regions_give_the_ops_tensors(*job, geometry, {whole(job->job(), job->x.shape)});
    if (HasFailure()) return;
  }
}

TEST(AnyJob, ComputesItsOpInAnyRegionsThatTileItsOutput) {
  for (unsigned seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    const auto job = random_job(random);
    const Geometry geometry = random_geometry(random);
    SCOPED_TRACE(job->text + ", seed " + std::to_string(seed));
    const Region all = whole(job->job(), job->x.shape);
    expect_regions_give_the_ops_tensors(*job, geometry, random_regions(random, all));
    if (HasFailure()) return;
  }
}

// A region's beats touch nothing else: regions may be put together by different processes.
TEST(ARegion, LeavesTheRestOfTheOutputAlone) {
  const IntTensor x({5, 3}, 1), w({3, 6}, 2);
  const IntNode product{"fc", {"x"}, IntMatmul{w}, {}};
  const Played played = play({&product, nullptr}, {x}, {2, 2, 4, 32}, Region{1, 3, 3, 2});
  for (std::int64_t m = 0; m < 5; ++m)
    for (std::int64_t c = 0; c < 6; ++c)
      EXPECT_EQ(played.accumulators[m * 6 + c], m >= 1 && m < 4 && c >= 3 && c < 5 ? 6 : 0);
}

TEST(ARegion, LocatesItsElementsInItsOwnTiles) {
  const IntTensor x({9, 3}, 1), w({3, 8}, 2);
  const IntNode product{"fc", {"x"}, IntMatmul{w}, {}};
  const Layout layout = make_layout({&product, nullptr}, x.shape, {4, 2, 2, 32}, {4, 5, 3, 4});
  const Place place = locate(8 * 8 + 6, layout, make_schedule(layout));
  EXPECT_EQ(place.tile, 5U);  // Rows 4 | 5, 6 | 7, 8 of channels 3, 4, then of 5, 6.
  EXPECT_EQ(place.row, 1);
  EXPECT_EQ(place.column, 1);
}

}  // namespace
}  // namespace systole
