#include "model/ops/scale.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Scale, MultipliesEveryElementInFloat32) {
  EXPECT_EQ(scale({{2, 2}, {1, -2, 0.5F, 0}}, -4), FloatTensor({2, 2}, {-4, 8, -2, -0.0F}));
  EXPECT_EQ(scale(FloatTensor({1}, 4097), 4097)[0], 16785408);  // 16785409 is odd and above 2^24.
}

}  // namespace
}  // namespace systole
