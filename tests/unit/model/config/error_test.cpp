// error_test.cpp: the text of InputError.
#include "model/config/error.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(InputError, NamesPlaceKeyFindingExpectationAndNextStep) {
  const InputError error({.where = {"a.yaml", 3},
                          .key = "dut.rows",
                          .got = "0",
                          .expected = "an integer in [1, 256]",
                          .hint = "did you mean cols?"});
  EXPECT_STREQ(error.what(),
               "a.yaml:3: dut.rows: got 0, expected an integer in [1, 256]; did you mean cols?");
}

TEST(InputError, LeavesAbsentPartsOut) {
  EXPECT_STREQ(InputError({.where = {"a.yaml"}, .got = "x", .expected = "y"}).what(),
               "a.yaml: got x, expected y");
  EXPECT_STREQ(InputError({.key = "k", .expected = "y"}).what(), "k: expected y");
  EXPECT_STREQ(InputError({.got = "x"}).what(), "got x");
  EXPECT_STREQ(InputError({.key = "k", .hint = "try again"}).what(), "k: try again");
}

TEST(InputError, TakesOneSentence) {
  EXPECT_STREQ(InputError({"a.yaml", 7}, "is odd").what(), "a.yaml:7: is odd");
  EXPECT_STREQ(InputError(Location{}, "is odd").what(), "is odd");
}

}  // namespace
}  // namespace systole
