// minimise_test.cpp: predicates whose smallest failing case is known.
#include "flows/fuzz/minimise.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "flows/fuzz/draw_case.h"
#include "tests/flows/fuzz/geometries.h"

namespace systole {
namespace {

const std::vector<Geometry> kDesigns = test::three_geometries();

/// The first case with several ops, stalls, and one op of this kind, which is one of matrices too
/// where `as_matrices`.
FuzzCase drawn(const std::string& kind, bool as_matrices = false) {
  const auto is_wanted = [&](const FuzzOp& op) {
    return kind_of(op) == kind && (!as_matrices || matrices_of(op));
  };
  for (std::uint64_t number = 0;; ++number) {
    FuzzCase fuzz_case = draw_case(5, number, kDesigns);
    if (fuzz_case.ops.size() > 2 && fuzz_case.bench.stall_rate > 0 &&
        std::ranges::count_if(fuzz_case.ops, is_wanted) == 1)
      return fuzz_case;
  }
}

bool has(const FuzzCase& fuzz_case, const std::string& kind) {
  return std::ranges::find(fuzz_case.ops, kind, kind_of) != fuzz_case.ops.end();
}

TEST(Minimise, LeavesOneElementOfAnOpThatAlwaysFails) {
  for (const std::string kind :
       {"int_matmul", "int_conv2d", "depthwise int_conv2d", "int_batch_matmul"}) {
    const MinimisedCase made = minimise(drawn(kind, true), [](const FuzzCase& fuzz_case) {
      return std::ranges::any_of(fuzz_case.ops,
                                 [](const FuzzOp& op) { return op.product && matrices_of(op); });
    });
    ASSERT_EQ(made.smallest.ops.size(), 1U) << kind;
    EXPECT_EQ(describe(made.smallest.ops[0]), "int_matmul of [1, 1, 1] to [1, 1, 1]") << kind;
    EXPECT_EQ(made.smallest.bench.stall_rate, 0.0);
    EXPECT_EQ(made.smallest.bench.seed, 1U);
  }
}

TEST(Minimise, MakesThePoolSmallWhereMatricesDoNotFail) {
  const MinimisedCase made = minimise(
      drawn("max_pool"), [](const FuzzCase& fuzz_case) { return has(fuzz_case, "max_pool"); });
  ASSERT_EQ(made.smallest.ops.size(), 1U);
  EXPECT_EQ(describe(made.smallest.ops[0]), "max_pool of [1, 1, 1, 1] to [1, 1, 1, 1]");
  EXPECT_EQ(made.smallest.ops[0].x.tensor[0], 0);
}

TEST(Minimise, KeepsTheGroupsThatItTakes) {
  const MinimisedCase made = minimise(drawn("grouped int_conv2d"), [](const FuzzCase& fuzz_case) {
    return has(fuzz_case, "grouped int_conv2d");
  });
  const auto& conv = std::get<IntConv2d>(*made.smallest.ops[0].product);
  EXPECT_EQ(conv.params.groups, 2);
  EXPECT_EQ(conv.params.window, Window{});
  EXPECT_EQ(made.smallest.ops[0].x.tensor.shape[1], 1);
}

TEST(Minimise, KeepsStallsThatItTakesButNotTheirSeed) {
  const FuzzCase failing = drawn("int_matmul");
  const MinimisedCase made =
      minimise(failing, [](const FuzzCase& fuzz_case) { return fuzz_case.bench.stall_rate > 0; });
  EXPECT_EQ(made.smallest.bench.stall_rate, failing.bench.stall_rate);
  EXPECT_EQ(made.smallest.bench.stall_seed, 1U);
  EXPECT_EQ(made.smallest.ops.size(), 1U);
}

TEST(Minimise, KeepsAnOpThatLeavesSomethingBehind) {
  const MinimisedCase made = minimise(drawn("int_sum_pool"), [](const FuzzCase& fuzz_case) {
    return fuzz_case.ops.size() >= 2 && has(fuzz_case, "int_sum_pool");
  });
  EXPECT_EQ(made.smallest.ops.size(), 2U);
}

TEST(Minimise, AsksNoMoreOftenThanAllowed) {
  int trials = 0;
  const MinimisedCase made = minimise(
      drawn("int_matmul"), [&](const FuzzCase&) { return ++trials % 2 == 0; }, 17);
  EXPECT_LE(trials, 17);
  EXPECT_EQ(made.trials, trials);
}

}  // namespace
}  // namespace systole
