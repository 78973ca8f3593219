// tasks_test.cpp: how a network's jobs are cut into work.
#include "sim/schedule/tasks.h"

#include <gtest/gtest.h>

#include "sim/schedule/cycles.h"
#include "tests/unit/sim/schedule/random_job.h"

namespace systole {
namespace {

constexpr Geometry kGeometry = {4, 4, 64, 32};

struct Linear {
  IntNode node;
  Shapes shapes;
  Linear(std::int64_t m, std::int64_t k, std::int64_t n)
      : node{"fc", {"x"}, IntMatmul{IntTensor({k, n}, 1)}, {}}, shapes{{"x", {m, k}}} {}
  Job job() const { return {&node, nullptr}; }
};

std::uint64_t predicted(const Job& job, const Shape& x, const Region& region) {
  const Layout layout = make_layout(job, x, kGeometry, region);
  return static_cast<std::uint64_t>(predict(layout, make_schedule(layout)).total);
}

TEST(MakeTasks, GivesNoneForNoJobs) { EXPECT_TRUE(make_tasks({}, {}, kGeometry).empty()); }

TEST(MakeTasks, KeepsAJobOfOneRowWhole) {
  const Linear linear(1, 8, 4);
  const auto tasks = make_tasks({linear.job()}, linear.shapes, kGeometry);
  ASSERT_EQ(tasks.size(), 1U);
  ASSERT_EQ(tasks[0].units.size(), 1U);
  EXPECT_EQ(tasks[0].units[0].region, (Region{0, 1, 0, 4}));
  EXPECT_EQ(tasks[0].cycles(), predicted(linear.job(), {1, 8}, {0, 1, 0, 4}));
}

TEST(MakeTasks, CutsAJobOfOneRowBetweenColumnTiles) {
  const Linear linear(1, 8, 22);  // 6 column tiles of 2 K tiles, a few cycles more than 6 * 2 * 4.
  const auto tasks = make_tasks({linear.job()}, linear.shapes, kGeometry, 40);
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[0].units[0].region, (Region{0, 1, 0, 12}));
  EXPECT_EQ(tasks[1].units[0].region, (Region{0, 1, 12, 10}));
}

TEST(MakeTasks, CutsManyRowsIntoEqualRuns) {
  const Linear linear(1000, 4, 4);
  const auto tasks = make_tasks({linear.job()}, linear.shapes, kGeometry, 400);
  ASSERT_EQ(tasks.size(), 3U);
  EXPECT_EQ(tasks[0].units[0].region, (Region{0, 333, 0, 4}));
  EXPECT_EQ(tasks[2].units[0].region, (Region{666, 334, 0, 4}));
}

// 6 rows per K tile would wait for the 8 rows of every weight tile; half of the channels do not.
TEST(MakeTasks, CutsChannelsWhereFewRowsWouldWaitForWeights) {
  const Linear linear(12, 64, 64);
  Geometry geometry = kGeometry;
  geometry.rows = geometry.cols = 8;
  const auto tasks = make_tasks({linear.job()}, linear.shapes, geometry, 500);
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[0].units[0].region, (Region{0, 12, 0, 32}));
}

TEST(MakeTasks, LetsSmallNeighboursShareATask) {
  const Linear linear(10, 4, 4);  // About 10 cycles and the way through the array.
  const std::uint64_t cycles = predicted(linear.job(), {10, 4}, {0, 10, 0, 4});
  const std::vector<Job> jobs(5, linear.job());
  const auto tasks = make_tasks(jobs, linear.shapes, kGeometry, 2 * cycles);
  ASSERT_EQ(tasks.size(), 3U);
  EXPECT_EQ(tasks[0].units.size(), 2U);
  EXPECT_EQ(tasks[2].units.size(), 1U);
  EXPECT_EQ(tasks[2].units[0].job, 4U);
}

/// How often the units of a job cover each element of its output.
std::vector<int> cover(const std::vector<Task>& tasks, std::size_t job, const Region& all) {
  std::vector<int> times(static_cast<std::size_t>(all.rows * all.channels));
  for (const Task& task : tasks)
    for (const Unit& unit : task.units) {
      if (unit.job != job) continue;
      for (std::int64_t m = unit.region.m; m < unit.region.m + unit.region.rows; ++m)
        for (std::int64_t c = 0; c < unit.region.channels; ++c)
          ++times[static_cast<std::size_t>(m * all.channels + unit.region.channel + c)];
    }
  return times;
}

TEST(MakeTasks, CoverEveryOutputExactlyOnceAndAddUpWhatIsPredicted) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::unique_ptr<RandomJob>> owners;
    std::vector<Job> jobs;
    Shapes shapes;
    for (int i = 0; i < 4; ++i) {
      owners.push_back(random_job(random));
      RandomJob& owner = *owners.back();
      const std::string input = "x" + std::to_string(i);
      owner.product.inputs[0] = input;
      if (!owner.has_product) owner.quant.inputs[0] = input;
      shapes[input] = owner.x.shape;
      jobs.push_back(owner.job());
    }
    const std::uint64_t most = 20 + random() % 400;
    const auto tasks = make_tasks(jobs, shapes, kGeometry, most);
    EXPECT_EQ(tasks, make_tasks(jobs, shapes, kGeometry, most)) << "seed " << seed;

    std::size_t last = 0;
    for (const Task& task : tasks) {
      EXPECT_FALSE(task.units.empty()) << "seed " << seed;
      std::uint64_t sum = 0;
      for (const Unit& unit : task.units) {
        EXPECT_GE(unit.job, last) << "seed " << seed;
        last = unit.job;
        sum += unit.cycles;
        const Job& job = jobs[unit.job];
        EXPECT_EQ(unit.cycles, predicted(job, shapes.at(input_of(job)), unit.region))
            << "seed " << seed;
      }
      EXPECT_EQ(task.cycles(), sum);
      EXPECT_TRUE(sum <= most || task.units.size() == 1) << "seed " << seed;
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const Region all = whole(jobs[i], shapes.at(input_of(jobs[i])));
      const std::vector<int> once(static_cast<std::size_t>(all.rows * all.channels), 1);
      EXPECT_EQ(cover(tasks, i, all), once) << owners[i]->text << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace systole
