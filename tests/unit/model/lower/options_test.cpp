// options_test.cpp: the text that chooses a scale.
#include "model/lower/options.h"

#include <gtest/gtest.h>

#include "model/config/error.h"

namespace systole {
namespace {

LowerOptions parsed(const std::string& text) {
  LowerOptions options;
  parse_scale(text, "lower.scale", options);
  return options;
}

TEST(LowerScale, IsReadFromItsName) {
  EXPECT_EQ(parsed("normalized(16)").scale, (ScaleFormat{.bits = 16}));
  EXPECT_EQ(parsed(" normalized( 32 ) "), LowerOptions{});
  EXPECT_EQ(parsed("fixed(32, 26)").scale,
            (ScaleFormat{.is_normalized = false, .bits = 32, .frac_bits = 26}));
  EXPECT_EQ(parsed("fixed(8,0)").scale,
            (ScaleFormat{.is_normalized = false, .bits = 8, .frac_bits = 0}));
  EXPECT_TRUE(parsed("gemmlowp").keep_gemmlowp);
  EXPECT_EQ(parsed("gemmlowp").scale, LowerOptions{}.scale);
}

TEST(LowerScale, OfAnythingElseIsRefusedWithWhatIsMeant) {
  for (const char* text : {"", "normalized", "normalized(7)", "normalized(33)", "normalized(16",
                           "fixed(16)", "fixed(16,63)", "fixed(33,2)", "gemmlowp(32)", "normal"}) {
    try {
      parsed(text);
      ADD_FAILURE() << text;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("lower.scale: got '" + std::string(text) + "'"),
                std::string::npos)
          << error.what();
      EXPECT_NE(std::string(error.what()).find("normalized(BITS)"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace systole
