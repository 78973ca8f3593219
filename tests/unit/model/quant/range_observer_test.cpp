// range_observer_test.cpp: every method through its observer, and what observers refuse.
#include "model/quant/range_observer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

constexpr CodeGrid kSigned8 = {.bits = 8, .is_signed = true, .is_affine = false};
constexpr CodeGrid kUnsigned8 = {.bits = 8, .is_signed = false, .is_affine = false};
constexpr CodeGrid kAffine8 = {.bits = 8, .is_signed = false, .is_affine = true};

const std::vector<RangeMethod> kMethods = {
    MinMax{},     MovingAverageMinMax{}, Percentile{}, MseSearch{},
    SqnrSearch{}, KlEntropy{},           Sawb{},       LsqStep{},
    Rcf{}};

RealRange range_of(const RangeMethod& method, const std::vector<std::vector<float>>& batches,
                   const CodeGrid& grid) {
  RangeObserver observer(method, "x");
  for (const std::vector<float>& batch : batches) observer.observe(batch);
  return observer.range(grid);
}

TEST(RangeObserver, MinMaxIsExact) {
  EXPECT_EQ(range_of(MinMax{}, {{1, -2}, {}, {3}, {0}}, kAffine8), (RealRange{-2, 3}));
  EXPECT_EQ(range_of(MinMax{}, {{2, 3}}, kAffine8), (RealRange{2, 3}));
}

TEST(RangeObserver, MovingAverageFollowsTheBatches) {
  // 4, then 4 + (8 - 4) / 4, then 5 + (1 - 5) / 4.
  const RangeMethod method = MovingAverageMinMax{0.25};
  EXPECT_EQ(range_of(method, {{-1, 4}, {-1, 8}, {}, {-1, 1}}, kAffine8), (RealRange{-1, 4}));
  EXPECT_EQ(range_of(MovingAverageMinMax{1}, {{-1, 4}, {-2, 8}}, kAffine8), (RealRange{-2, 8}));
}

TEST(RangeObserver, SawbIsItsFormula) {
  // E|w| = 2, sqrt(E[w^2]) = sqrt(5).
  const std::vector<std::vector<float>> batches = {{1, -1}, {3, -3}};
  const auto clip = [&](int bits) { return range_of(Sawb{}, batches, {.bits = bits}); };
  EXPECT_NEAR(clip(2).hi, 3.12 * std::sqrt(5.0) - 2.064 * 2, 1e-12);
  EXPECT_NEAR(clip(2).hi, 2.84853, 1e-5);
  EXPECT_NEAR(clip(3).hi, 3.0, 1e-12);  // 3.00664 is beyond max|w|.
  EXPECT_NEAR(clip(4).hi, 2.75334, 1e-5);
  EXPECT_NEAR(clip(5).hi, 2.38785, 1e-5);
  EXPECT_NEAR(clip(6).hi, 1.90441, 1e-5);  // A third of the way from 5 bits to 8.
  EXPECT_NEAR(clip(8).hi, 0.93752, 1e-5);
  EXPECT_EQ(clip(8).lo, -clip(8).hi);
}

TEST(RangeObserver, SawbOfEqualMagnitudesIsTheirMagnitude) {
  // The formula gives 17.74 - 18.64 < 0 at 5 bits.
  EXPECT_EQ(range_of(Sawb{}, {{1, -1, 1}}, {.bits = 5}), (RealRange{-1, 1}));
}

TEST(RangeObserver, LsqIsItsFormula) {
  const std::vector<std::vector<float>> batches = {{1, -1}, {3, -3}};
  EXPECT_NEAR(range_of(LsqStep{}, batches, kSigned8).hi, 4 * std::sqrt(127.0), 1e-12);
  EXPECT_NEAR(range_of(LsqStep{}, batches, kSigned8).lo, -4 * std::sqrt(127.0), 1e-12);
  EXPECT_NEAR(range_of(LsqStep{}, batches, kUnsigned8).hi, 4 * std::sqrt(255.0), 1e-12);
  EXPECT_EQ(range_of(LsqStep{}, batches, kUnsigned8).lo, 0);
}

TEST(RangeObserver, KlClipsTheTailOfEitherSide) {
  std::mt19937 generator(21);
  std::normal_distribution<float> normal;
  std::vector<float> values(20000);
  for (float& value : values) value = std::max(normal(generator), -0.5F);
  values[0] = 40;
  const RealRange affine = range_of(KlEntropy{}, {values}, kAffine8);
  EXPECT_EQ(affine.lo, -0.5);
  EXPECT_GT(affine.hi, 2);
  EXPECT_LT(affine.hi, 10);
  const RealRange symmetric = range_of(KlEntropy{}, {values}, kSigned8);
  EXPECT_EQ(symmetric, (RealRange{-affine.hi, affine.hi}));
}

TEST(RangeObserver, ZerosGiveAnEmptyRange) {
  for (const RangeMethod& method : kMethods)
    EXPECT_EQ(range_of(method, {{0.0F, 0.0F}, {0.0F}}, kSigned8), (RealRange{0, 0}))
        << "method " << method.index();
  for (const RangeMethod& method : kMethods)
    if (!std::holds_alternative<Sawb>(method)) {
      EXPECT_EQ(range_of(method, {{0.0F}}, kUnsigned8), (RealRange{0, 0}))
          << "method " << method.index();
    }
}

TEST(RangeObserver, EqualValuesLieInTheRangeOfEveryMethodButLsqAndRcf) {
  for (const RangeMethod& method : kMethods) {
    if (std::holds_alternative<LsqStep>(method) || std::holds_alternative<Rcf>(method)) continue;
    const RealRange range = range_of(method, {{0.75F, 0.75F}}, kSigned8);
    EXPECT_NEAR(std::max(range.hi, -range.lo), 0.75, 0.01) << "method " << method.index();
  }
}

TEST(RangeObserver, OrderOfBatchesMattersToTheMovingAverageOnly) {
  constexpr std::uint32_t kSeed = 6;
  std::mt19937 generator(kSeed);
  std::normal_distribution<float> normal;
  std::vector<std::vector<float>> batches(8, std::vector<float>(300));
  for (std::size_t i = 0; i < batches.size(); ++i)
    for (float& value : batches[i]) value = normal(generator) * static_cast<float>(i + 1);
  const auto reversed = std::vector(batches.rbegin(), batches.rend());
  for (const RangeMethod& method : kMethods) {
    const RealRange forward = range_of(method, batches, kSigned8);
    const RealRange backward = range_of(method, reversed, kSigned8);
    if (std::holds_alternative<MovingAverageMinMax>(method)) {
      EXPECT_NE(forward, backward);
    } else if (std::holds_alternative<Sawb>(method) || std::holds_alternative<LsqStep>(method)) {
      EXPECT_NEAR(forward.hi, backward.hi, 1e-12 * forward.hi) << "seed " << kSeed;
    } else {
      EXPECT_EQ(forward, backward) << "seed " << kSeed << ", method " << method.index();
    }
  }
}

TEST(RangeObserver, NamesTheElementThatIsNotFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (const RangeMethod& method : kMethods) {
    RangeObserver observer(method, "conv1");
    observer.observe(std::vector<float>{1, -1, 2});
    const RealRange before = observer.range(kSigned8);
    EXPECT_EQ(message_of([&] {
                observer.observe(std::vector<float>{0, 1, nan});
              }),
              "conv1: got nan at element 2, expected finite values for calibration");
    EXPECT_EQ(message_of([&] {
                observer.observe(std::vector<float>{-inf, nan});
              }),
              "conv1: got -inf at element 0, expected finite values for calibration");
    EXPECT_EQ(observer.range(kSigned8), before);
  }
}

TEST(RangeObserver, RefusesARangeOfNothing) {
  for (const RangeMethod& method : kMethods)
    EXPECT_EQ(message_of([&] { range_of(method, {{}}, kSigned8); }),
              "x: got no values, expected at least one value to calibrate with; give calibration "
              "samples");
}

TEST(RangeObserver, RefusesParametersOutsideTheirRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double percent : {0.0, 50.0, 100.5, 101.0, nan})
    EXPECT_NE(message_of([&] {
                RangeObserver(Percentile{percent}, "x");
              }).find("expected a percentile above 50 and at most 100"),
              std::string::npos);
  EXPECT_NO_THROW(RangeObserver(Percentile{50.5}, "x"));
  EXPECT_NO_THROW(RangeObserver(Percentile{100}, "x"));
  for (const double momentum : {0.0, 1.5, nan})
    EXPECT_NE(message_of([&] {
                RangeObserver(MovingAverageMinMax{momentum}, "x");
              }).find("expected a momentum above 0 and at most 1"),
              std::string::npos);
  for (const double weight : {0.0, -1.0, nan})
    EXPECT_NE(message_of([&] { RangeObserver(SqnrSearch{weight}, "x"); }).find("clip weight"),
              std::string::npos);
}

TEST(RangeObserver, RefusesCodesThatTheMethodHasNoRuleFor) {
  const auto message = [](const RangeMethod& method, const CodeGrid& grid) {
    return message_of([&] { range_of(method, {{1.0F}}, grid); });
  };
  EXPECT_EQ(message(MinMax{}, {.bits = 1}), "x: got 1 bits, expected 2..16 bits");
  EXPECT_EQ(message(MinMax{}, {.bits = 33}), "x: got 33 bits, expected 2..16 bits");
  EXPECT_NO_THROW(range_of(MinMax{}, {{1.0F}}, {.bits = 2}));
  EXPECT_NO_THROW(range_of(MinMax{}, {{1.0F}}, {.bits = 16}));
  EXPECT_EQ(message(Sawb{}, kUnsigned8),
            "x: got unsigned symmetric codes of 8 bits, expected signed symmetric codes of 2..8 "
            "bits for sawb");
  EXPECT_NE(message(Sawb{}, {.bits = 9}), "");
  EXPECT_EQ(message(LsqStep{}, kAffine8),
            "x: got affine codes of 8 bits, expected symmetric codes for lsq");
  EXPECT_EQ(message(Rcf{}, kAffine8),
            "x: got affine codes of 8 bits, expected symmetric codes for rcf");
}

}  // namespace
}  // namespace systole
