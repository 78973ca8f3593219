// sum_changes_test.cpp: relations between wrong and right accumulators.
#include "sim/check/sum_changes.h"

#include <gtest/gtest.h>

#include <functional>

#include "sim/check/explain.h"
#include "tests/fixtures/draw.h"

namespace systole {
namespace {

constexpr std::uint32_t kSeed = 5;
constexpr std::int64_t kRows = 6, kChannels = 5;

using Texts = std::vector<std::string>;

Texts changes_for(const std::function<std::int32_t(const IntTensor&, std::int64_t flat)>& faulty) {
  Draw draw(kSeed);
  const IntTensor golden = draw.codes({kRows, kChannels}, 2'000'001, -1'000'000);
  IntTensor got = golden;
  for (std::int64_t i = 0; i < golden.size(); ++i) got[i] = faulty(golden, i);
  const PlaceOf place_of = [](std::int64_t flat) {
    return ElementPlace{0, flat / kChannels, flat % kChannels};
  };
  return find_sum_changes(golden, got, find_differences(golden, got, place_of, kChannels));
}

TEST(SumChanges, NameZeros) {
  EXPECT_EQ(changes_for([](const auto& golden, auto i) { return i < 4 ? 0 : golden[i]; }),
            (Texts{"all are zero"}));
}

TEST(SumChanges, NameSumsOfNeighbours) {
  EXPECT_EQ(changes_for([](const auto& golden, auto i) {
              return i >= kChannels ? golden[i - kChannels] : golden[i];
            }),
            (Texts{"each is the sum of the row before"}));
  EXPECT_EQ(changes_for([](const auto& golden, auto i) {
              return i % kChannels == 2 ? golden[i + 1] : golden[i];
            }),
            (Texts{"each is the sum of the channel after"}));
}

TEST(SumChanges, NameSumsThatLostTheirUpperBits) {
  EXPECT_EQ(changes_for([](const auto& golden, auto i) {
              return static_cast<std::int32_t>(static_cast<std::int16_t>(golden[i]));
            }),
            (Texts{"each is the sum cut to 16 bits"}));
}

TEST(SumChanges, NameACommonDivisorOfWhatIsMissing) {
  EXPECT_EQ(changes_for([](const auto& golden, auto i) { return golden[i] + 24 * (i + 1); }),
            (Texts{"each is off by a multiple of 24"}));
}

TEST(SumChanges, AreNoneForNoise) {
  EXPECT_TRUE(
      changes_for([](const auto& golden, auto i) { return golden[i] + 7 * (i % 3) + 5; }).empty());
}

}  // namespace
}  // namespace systole
