// cache_test.cpp: listing and pruning.
#include "sim/dut/cache.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "sim/dut/builder.h"
#include "sim/dut/dut.h"
#include "tests/unit/sim/dut/fixture.h"

namespace systole {
namespace {

/// Longer than the steps of file times.
constexpr auto kFileTime = std::chrono::milliseconds(30);

TEST_F(BuildTest, ListsWhatIsThereLastUsedFirst) {
  EXPECT_TRUE(list_cache().empty());
  const std::string first = build_dut(config_).key;
  std::this_thread::sleep_for(kFileTime);
  config_.parameters["Cols"] = 3;
  const std::string second = build_dut(config_).key;

  auto list = list_cache();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].key, second);
  EXPECT_EQ(list[0].top, "systole_core");
  EXPECT_EQ(list[0].parameters.at("Cols"), 3);
  EXPECT_EQ(list[0].rtl, rtl_.string());
  EXPECT_GT(list[0].bytes, 10000u);
  EXPECT_GE(list[0].last_used, list[1].last_used);

  std::this_thread::sleep_for(kFileTime);
  config_.parameters["Cols"] = 4;
  build_dut(config_);
  EXPECT_EQ(list_cache()[0].key, first);
}

TEST_F(BuildTest, PrunesTheLeastRecentlyUsedButNothingInUse) {
  const std::string first = build_dut(config_).key;
  config_.parameters["Cols"] = 3;
  const BuiltDut in_use = build_dut(config_);
  std::this_thread::sleep_for(kFileTime);
  config_.parameters["Cols"] = 4;
  build_dut(config_);
  ASSERT_EQ(list_cache()[0].key, first);

  const PruneResult nothing = prune_cache(1u << 30);
  EXPECT_EQ(nothing.removed, 0u);
  EXPECT_GT(nothing.remaining, 0u);

  const PruneResult all = prune_cache(0);
  EXPECT_EQ(all.removed, 2u) << "a design and the runtime";
  EXPECT_EQ(all.freed + all.remaining, nothing.remaining);
  ASSERT_EQ(list_cache().size(), 1u);
  EXPECT_EQ(list_cache()[0].key, in_use.key);
  EXPECT_NO_THROW(Dut(in_use, 1));

  EXPECT_FALSE(build_dut(config_).cached) << "builds again, with a new runtime";
}

}  // namespace
}  // namespace systole
