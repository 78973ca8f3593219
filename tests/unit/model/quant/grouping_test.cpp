// grouping_test.cpp: which elements share a scale.
#include "model/quant/grouping.h"

#include <gtest/gtest.h>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

/// The group of every element, in order.
std::vector<std::int64_t> groups_of(const Shape& tensor, const Granularity& granularity) {
  std::vector<std::int64_t> groups;
  for_each_element(group(tensor, granularity, "w"), [&](std::int64_t element, std::int64_t g) {
    EXPECT_EQ(element, static_cast<std::int64_t>(groups.size()));
    groups.push_back(g);
  });
  return groups;
}

using Groups = std::vector<std::int64_t>;

TEST(Grouping, PerTensorIsOneGroup) {
  EXPECT_EQ(groups_of({2, 2}, PerTensor{}), (Groups{0, 0, 0, 0}));
  EXPECT_EQ(group({2, 2}, PerTensor{}, "w").shape, Shape{});
  EXPECT_EQ(groups_of({}, PerTensor{}), (Groups{0}));
}

TEST(Grouping, AnyAxisHoldsChannels) {
  EXPECT_EQ(groups_of({2, 3}, PerChannel{0}), (Groups{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(groups_of({2, 3}, PerChannel{1}), (Groups{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(groups_of({2, 2, 2}, PerChannel{1}), (Groups{0, 0, 1, 1, 0, 0, 1, 1}));
  EXPECT_EQ(groups_of({2, 3}, PerToken{0}), groups_of({2, 3}, PerChannel{0}));
  EXPECT_EQ(group({2, 3}, PerChannel{1}, "w").shape, (Shape{3}));
}

TEST(Grouping, BlocksLieAlongAnyAxes) {
  EXPECT_EQ(groups_of({2, 4}, Blocks{{1, 2}}), (Groups{0, 0, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(groups_of({2, 4}, Blocks{{2, 2}}), (Groups{0, 0, 1, 1, 0, 0, 1, 1}));
  EXPECT_EQ(groups_of({2, 4}, Blocks{{1, kWholeAxis}}), (Groups{0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(groups_of({2, 2, 2}, Blocks{{1, 2, 1}}), (Groups{0, 1, 0, 1, 2, 3, 2, 3}));
  EXPECT_EQ(group({2, 4, 3}, Blocks{{1, 2, -1}}, "w").shape, (Shape{2, 2, 1}));
}

TEST(Grouping, AnEmptyTensorHasNoElements) {
  EXPECT_EQ(groups_of({0, 3}, PerTensor{}), Groups{});
  EXPECT_EQ(groups_of({3, 0}, PerChannel{0}), Groups{});
  EXPECT_EQ(groups_of({0, 2}, Blocks{{kWholeAxis, 1}}), Groups{});
}

std::string complaint(const Shape& tensor, const Granularity& granularity) {
  return message_of([&] { group(tensor, granularity, "w"); });
}

TEST(Grouping, AnAxisMustBeOneOfTheTensors) {
  EXPECT_EQ(complaint({2, 3}, PerChannel{2}),
            "w: got axis 2 of a tensor of shape [2, 3], expected an axis in [0, 1]");
  EXPECT_EQ(complaint({2, 3}, PerToken{-1}),
            "w: got axis -1 of a tensor of shape [2, 3], expected an axis in [0, 1]");
  EXPECT_EQ(complaint({}, PerChannel{0}),
            "w: got axis 0 of a tensor of shape [], expected one scale for a scalar");
}

TEST(Grouping, BlocksMustDivideTheExtent) {
  EXPECT_EQ(
      complaint({2, 6}, Blocks{{1, 4}}),
      "w: got blocks of 4 along axis 1, whose extent is 6, expected a block size that divides "
      "the extent; -1 takes the whole axis");
  EXPECT_NE(complaint({2, 6}, Blocks{{0, 1}}), "");
  EXPECT_NE(complaint({2, 6}, Blocks{{-2, 1}}), "");
  EXPECT_EQ(complaint({2, 6}, Blocks{{2}}),
            "w: got block sizes [2] of a tensor of shape [2, 6], expected 2 sizes, one per axis");
}

}  // namespace
}  // namespace systole
