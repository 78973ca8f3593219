#include "model/ops/class_token.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(ClassToken, PutsItsRowsInFrontOfEveryItem) {
  const FloatTensor x({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(class_token(x, {{1, 2}, {10, 20}}),
            FloatTensor({2, 3, 2}, {10, 20, 1, 2, 3, 4, 10, 20, 5, 6, 7, 8}));
}

TEST(ClassToken, TakesSeveralRows) {
  EXPECT_EQ(class_token(FloatTensor({1, 1, 1}, 3), {{2, 1}, {1, 2}}),
            FloatTensor({1, 3, 1}, {1, 2, 3}));
}

}  // namespace
}  // namespace systole
