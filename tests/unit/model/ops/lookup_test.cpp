// lookup_test.cpp: codes from a table.
#include "model/ops/lookup.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Lookup, CountsTheTableFromTheLowestCode) {
  const IntTensor table({4}, std::vector<std::int32_t>{10, 20, 30, -40});
  const IntTensor x({2, 2}, std::vector<std::int32_t>{-2, 1, 0, -1});
  EXPECT_EQ(lookup(x, table, -2), IntTensor({2, 2}, std::vector<std::int32_t>{10, -40, 30, 20}));
  EXPECT_EQ(lookup(IntTensor({1}, 103), table, 100)[0], -40);
}

TEST(Lookup, HoldsTheLowestCodeOfAll) {
  const IntTensor table({2}, std::vector<std::int32_t>{5, 6});
  EXPECT_EQ(lookup(IntTensor({1}, INT32_MIN + 1), table, INT32_MIN)[0], 6);
}

}  // namespace
}  // namespace systole
