#include "model/ops/tanh.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

// Another language's doubles, rounded to float32.
TEST(TanhOf, RoundsEveryElementOnce) {
  const FloatTensor x({1, 2, 3}, {0, 1e-4F, 0.5F, -1, 3, -100});
  EXPECT_EQ(tanh_of(x), FloatTensor({1, 2, 3}, {0, 0x1.a36e2ep-14F, 0x1.d9353ep-2F, -0x1.85efacp-1F,
                                                0x1.fd77d2p-1F, -1}));
}

}  // namespace
}  // namespace systole
