// tensor_test.cpp: shapes and the row-major view.
#include "model/tensor/tensor.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(ElementCount, IsTheProductOfTheExtents) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({5}), 5);
  EXPECT_EQ(element_count({2, 3, 4}), 24);
  EXPECT_EQ(element_count({2, 0, 4}), 0);
  EXPECT_EQ(element_count({1 << 20, 1 << 20}), std::int64_t{1} << 40);
}

TEST(Shape, PrintsAsAList) {
  EXPECT_EQ(to_string(Shape{}), "[]");
  EXPECT_EQ(to_string(Shape{4, 8, 8, 1}), "[4, 8, 8, 1]");
}

TEST(Unravel, CountsTheLastAxisFastest) {
  EXPECT_EQ(unravel(0, {}), Shape{});
  EXPECT_EQ(unravel(0, {2, 3}), (Shape{0, 0}));
  EXPECT_EQ(unravel(1, {2, 3}), (Shape{0, 1}));
  EXPECT_EQ(unravel(3, {2, 3}), (Shape{1, 0}));
  EXPECT_EQ(unravel(23, {2, 3, 4}), (Shape{1, 2, 3}));
  EXPECT_EQ(unravel(17, {2, 3, 5}), (Shape{1, 0, 2}));
}

TEST(Unravel, VisitsEveryIndexOnce) {
  const Shape shape = {3, 1, 4, 2};
  std::int64_t flat = 0;
  for (std::int64_t a = 0; a < 3; ++a)
    for (std::int64_t c = 0; c < 4; ++c)
      for (std::int64_t d = 0; d < 2; ++d) EXPECT_EQ(unravel(flat++, shape), (Shape{a, 0, c, d}));
}

TEST(Tensor, HasRowsOfChannels) {
  const IntTensor tensor({2, 3, 4}, 7);
  EXPECT_EQ(tensor.size(), 24);
  EXPECT_EQ(tensor.channels(), 4);
  EXPECT_EQ(tensor.rows(), 6);
  EXPECT_EQ(tensor[23], 7);
  EXPECT_EQ(IntTensor(Shape{}).channels(), 1);
  EXPECT_EQ(IntTensor({2, 0}).rows(), 0);
}

}  // namespace
}  // namespace systole
