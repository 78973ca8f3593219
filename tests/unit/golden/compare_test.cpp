// compare_test.cpp: one differing, missing or extra element is never overlooked.
#include "golden/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "model/config/error.h"
#include "tests/support/files.h"

namespace systole {
namespace {

using test::read_text;
using test::TempDirectory;
using test::write_text;

IntNode node(const std::string& name) {
  return {.name = name, .inputs = {}, .op = IntFlatten{}, .output = {.type = {8, true}}};
}

Trace trace_of(const std::vector<std::pair<std::string, IntTensor>>& tensors) {
  Trace trace;
  for (const auto& [name, tensor] : tensors) add_output(trace, node(name), tensor);
  return trace;
}

TraceComparison compare(const Trace& expected, const Trace& got) {
  const TempDirectory temp;
  write_trace(temp.path("expected"), expected);
  write_trace(temp.path("got"), got);
  return compare_traces(TraceReader(temp.path("expected")), TraceReader(temp.path("got")));
}

const IntTensor kOnes({2, 3}, 1);

TEST(CompareTensors, EqualTensorsMatch) {
  const Comparison result = compare_tensors(kOnes, kOnes);
  EXPECT_TRUE(result.matches());
  EXPECT_EQ(result.compared, 6);
  EXPECT_EQ(result.first, -1);
}

TEST(CompareTensors, EveryPositionOfOneDifferenceIsFound) {
  for (std::int64_t i = 0; i < kOnes.size(); ++i) {
    IntTensor got = kOnes;
    got[i] = 5;
    const Comparison result = compare_tensors(kOnes, got);
    EXPECT_FALSE(result.matches());
    EXPECT_EQ(result.mismatched, 1);
    EXPECT_EQ(result.first, i);
    EXPECT_EQ(result.expected, 1);
    EXPECT_EQ(result.got, 5);
  }
}

TEST(CompareTensors, TheFirstOfSeveralDifferencesIsKept) {
  const IntTensor got({2, 3}, {1, 0, 1, 2, 1, 1});
  const Comparison result = compare_tensors(kOnes, got);
  EXPECT_EQ(result.mismatched, 2);
  EXPECT_EQ(result.first, 1);
  EXPECT_EQ(result.got, 0);
}

TEST(CompareTensors, MissingAndExtraElementsFail) {
  const Comparison missing = compare_tensors(kOnes, IntTensor({1, 3}, 1));
  EXPECT_FALSE(missing.matches());
  EXPECT_EQ(missing.missing, 3);
  EXPECT_EQ(missing.compared, 3);
  const Comparison extra = compare_tensors(kOnes, IntTensor({3, 3}, 1));
  EXPECT_FALSE(extra.matches());
  EXPECT_EQ(extra.extra, 3);
}

TEST(CompareTensors, NothingComparedIsNoMatch) {
  const IntTensor nothing(Shape{0});
  EXPECT_FALSE(compare_tensors(nothing, nothing).matches());
}

TEST(CompareTensors, EqualElementsInAnotherShapeAreNoMatch) {
  const Comparison result = compare_tensors(kOnes, IntTensor({3, 2}, 1));
  EXPECT_FALSE(result.matches());
  EXPECT_EQ(result.mismatched, 0);
}

TEST(CompareTraces, EqualTracesMatch) {
  const Trace trace = trace_of({{"a", kOnes}, {"b", kOnes}});
  const TraceComparison result = compare(trace, trace);
  EXPECT_TRUE(result.matches());
  EXPECT_EQ(result.compared(), 12);
}

TEST(CompareTraces, OneDifferentElementIsNamed) {
  IntTensor other = kOnes;
  other[4] = -1;
  const TraceComparison result =
      compare(trace_of({{"a", kOnes}, {"b", kOnes}}), trace_of({{"a", kOnes}, {"b", other}}));
  EXPECT_FALSE(result.matches());
  EXPECT_TRUE(result.tensors[0].comparison.matches());
  EXPECT_EQ(result.tensors[1].name, "b");
  EXPECT_EQ(result.tensors[1].comparison.first, 4);
}

TEST(CompareTraces, AMissingTensorFails) {
  const TraceComparison result =
      compare(trace_of({{"a", kOnes}, {"b", kOnes}}), trace_of({{"b", kOnes}}));
  EXPECT_FALSE(result.matches());
  EXPECT_EQ(result.tensors[0].name, "a");
  EXPECT_EQ(result.tensors[0].comparison.missing, 6);
  EXPECT_TRUE(result.tensors[1].comparison.matches());
}

TEST(CompareTraces, AnExtraTensorFails) {
  const TraceComparison result =
      compare(trace_of({{"a", kOnes}}), trace_of({{"a", kOnes}, {"b", kOnes}}));
  EXPECT_FALSE(result.matches());
  EXPECT_EQ(result.tensors[1].name, "b");
  EXPECT_EQ(result.tensors[1].comparison.extra, 6);
}

Trace trace_of_reals(const std::string& name, const FloatTensor& tensor) {
  Trace trace;
  IntNode real = node(name);
  real.is_float = true;
  add_output(trace, real, tensor);
  return trace;
}

TEST(CompareTraces, EqualRealsMatch) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const Trace a = trace_of_reals("a", FloatTensor({1, 3}, {0.0F, kNan, 1.5F}));
  const Trace b = trace_of_reals("a", FloatTensor({1, 3}, {-0.0F, -kNan, 1.5F}));
  const TraceComparison result = compare(a, b);
  EXPECT_TRUE(result.matches());
  EXPECT_EQ(result.compared(), 3);
}

TEST(CompareTraces, RealsThatDifferInTheirLastBitDiffer) {
  const float next = std::nextafter(1.5F, 2.0F);
  const TraceComparison result = compare(trace_of_reals("a", FloatTensor({1, 2}, {0, 1.5F})),
                                         trace_of_reals("a", FloatTensor({1, 2}, {0, next})));
  EXPECT_FALSE(result.matches());
  EXPECT_EQ(result.tensors[0].comparison.mismatched, 1);
  EXPECT_EQ(result.tensors[0].comparison.first, 1);
  EXPECT_EQ(result.tensors[0].comparison.got, double{next});
}

TEST(CompareTraces, RealsAgainstIntegersAreMissingAndExtra) {
  const TraceComparison result =
      compare(trace_of({{"a", kOnes}}), trace_of_reals("a", FloatTensor({2, 3}, 1.0F)));
  EXPECT_FALSE(result.matches());
  EXPECT_EQ(result.compared(), 0);
  EXPECT_EQ(result.tensors[0].comparison.missing, 6);
  EXPECT_EQ(result.tensors[0].comparison.extra, 6);
}

TEST(CompareTraces, AMissingTensorOfRealsFails) {
  const TraceComparison result =
      compare(trace_of_reals("a", FloatTensor({2, 3}, 1.0F)), trace_of({{"b", kOnes}}));
  EXPECT_EQ(result.tensors[0].comparison.missing, 6);
  EXPECT_EQ(result.tensors[1].comparison.extra, 6);
}

TEST(CompareTraces, TwoEmptyTracesDoNotMatch) {
  EXPECT_FALSE(compare(trace_of({}), trace_of({})).matches());
}

TEST(CompareTraces, DamageIsAnErrorAndNotADifference) {
  const TempDirectory temp;
  write_trace(temp.path("a"), trace_of({{"a", kOnes}}));
  write_trace(temp.path("b"), trace_of({{"a", kOnes}}));
  std::string bytes = read_text(temp.path("b/tensors.safetensors"));
  bytes.back() = 9;
  write_text(temp.path("b/tensors.safetensors"), bytes);
  EXPECT_THROW(compare_traces(TraceReader(temp.path("a")), TraceReader(temp.path("b"))),
               InputError);
}

}  // namespace
}  // namespace systole
