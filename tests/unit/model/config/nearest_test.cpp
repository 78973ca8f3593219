// nearest_test.cpp: hints for mistyped names.
#include "model/config/nearest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace systole {
namespace {

const std::vector<std::string> kNames = {"stride", "padding", "dilation"};

TEST(NearestName, CorrectsTypingErrors) {
  EXPECT_EQ(nearest_name("stirde", kNames), "stride");
  EXPECT_EQ(nearest_name("pading", kNames), "padding");
  EXPECT_EQ(nearest_name("dilations", kNames), "dilation");
  EXPECT_EQ(nearest_name("stride", kNames), "stride");
}

TEST(NearestName, DoesNotGuessWhenMoreThanHalfDiffers) {
  const std::vector<std::string> four = {"abcd"};
  EXPECT_EQ(nearest_name("abxy", four), "abcd");
  EXPECT_EQ(nearest_name("axyz", four), "");
  EXPECT_EQ(nearest_name("kernel", {}), "");
}

TEST(NearestName, TakesTheFirstOfEquals) {
  const std::vector<std::string> two = {"conv1", "conv2"};
  EXPECT_EQ(nearest_name("conv3", two), "conv1");
}

TEST(NearestName, IgnoresAbsurdlyLongNames) {
  EXPECT_EQ(nearest_name(std::string(100'000, 'a'), std::vector{std::string(100'000, 'a')}), "");
}

TEST(DidYouMean, IsAQuestionOrEmpty) {
  EXPECT_EQ(did_you_mean("stirde", kNames), "did you mean stride?");
  EXPECT_EQ(did_you_mean("xyzxyz", kNames), "");
}

}  // namespace
}  // namespace systole
