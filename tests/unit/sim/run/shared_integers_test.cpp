// shared_integers_test.cpp: what one process writes, the other one reads.
#include "sim/run/shared_integers.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace systole {
namespace {

constexpr std::size_t kCount = 100'000;  // Many pages.

TEST(SharedIntegers, AreZeroAtFirst) {
  SharedIntegers integers(kCount);
  EXPECT_EQ(integers.span().size(), kCount);
  EXPECT_TRUE(std::ranges::all_of(integers.span(), [](std::int32_t i) { return i == 0; }));
}

TEST(SharedIntegers, OfNoneAreEmpty) { EXPECT_TRUE(SharedIntegers(0).span().empty()); }

TEST(SharedIntegers, CarryWhatAForkWrites) {
  SharedIntegers integers(kCount);
  const pid_t child = ::fork();
  if (child == 0) {
    std::ranges::fill(integers.span(), 42);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(std::ranges::all_of(integers.span(), [](std::int32_t i) { return i == 42; }));
}

TEST(SharedIntegers, KeepTheNeighboursOfAReleasedPart) {
  SharedIntegers integers(kCount);
  std::ranges::fill(integers.span(), 7);
  integers.release(integers.span().subspan(1, kCount / 2));
  EXPECT_EQ(integers.span()[0], 7);
  EXPECT_EQ(integers.span()[kCount / 4], 0);
  const auto rest = integers.span().subspan(1 + kCount / 2);
  EXPECT_TRUE(std::ranges::all_of(rest, [](std::int32_t i) { return i == 7; }));
}

}  // namespace
}  // namespace systole
