#include "model/ops/requantise/token_constants.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(TokenConstants, AreOneForAllOrOnePerChannelWithoutTokens) {
  EXPECT_EQ(token_constants(1, 1, 5)(2), 0U);
  EXPECT_EQ(token_constants(3, 1, 5)(2), 2U);
}

TEST(TokenConstants, AreRowsOfTheTokensThatComeAround) {
  // Two tokens of three channels; row 3 is token 1.
  EXPECT_EQ(token_constants(6, 2, 0)(2), 2U);
  EXPECT_EQ(token_constants(6, 2, 1)(0), 3U);
  EXPECT_EQ(token_constants(6, 2, 3)(2), 5U);
  EXPECT_EQ(token_constants(6, 2, 4)(1), 1U);
}

TEST(TokenConstants, AreOnePerTokenForAllChannelsOrOneForEverything) {
  EXPECT_EQ(token_constants(2, 2, 1)(2), 1U);
  EXPECT_EQ(token_constants(2, 2, 2)(2), 0U);
  EXPECT_EQ(token_constants(1, 2, 1)(2), 0U);
}

TEST(FitsTokens, SaysHowManyConstantsThereMayBe) {
  for (const std::size_t count : {1, 2, 6}) EXPECT_TRUE(fits_tokens(count, 2, 3)) << count;
  for (const std::size_t count : {0, 3, 4, 5, 12}) EXPECT_FALSE(fits_tokens(count, 2, 3)) << count;
  for (const std::size_t count : {1, 3}) EXPECT_TRUE(fits_tokens(count, 1, 3)) << count;
}

}  // namespace
}  // namespace systole
