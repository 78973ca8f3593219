#include "model/ops/constant.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Constant, RepeatsItsIntegersForEveryItem) {
  EXPECT_EQ(constant(2, {{1, 3}, {4, -5, 6}}), IntTensor({2, 1, 3}, {4, -5, 6, 4, -5, 6}));
}

}  // namespace
}  // namespace systole
