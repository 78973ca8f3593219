// options_test.cpp: the text that chooses a scale.
#include "model/lower/options.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(LowerScale, IsReadFromItsName) {
  EXPECT_EQ(parse_scale("normalized(16)"), (LowerScale{.format = {.bits = 16}}));
  EXPECT_EQ(parse_scale(" normalized( 32 ) "), LowerScale{});
  const auto fixed = [](int bits, int frac_bits) {
    return LowerScale{{.kind = ScaleFormat::Kind::kFixed, .bits = bits, .frac_bits = frac_bits}};
  };
  EXPECT_EQ(parse_scale("fixed(32, 26)"), fixed(32, 26));
  EXPECT_EQ(parse_scale("fixed(8,0)"), fixed(8, 0));
  EXPECT_EQ(parse_scale("gemmlowp"), LowerScale{.keep_gemmlowp = true});
}

TEST(LowerScale, OfAnythingElseIsNone) {
  for (const char* text :
       {"", "normalized", "normalized(7)", "normalized(33)", "normalized(16", "fixed(16)",
        "fixed(16,63)", "fixed(33,2)", "fixed(16, -1)", "gemmlowp(32)", "normal"})
    EXPECT_EQ(parse_scale(text), std::nullopt) << text;
}

TEST(LowerKeys, HaveTheOptionsDefaults) {
  const KeyTable keys = lower_keys();
  EXPECT_EQ(parse_scale(find_key(keys, "lower.scale")->default_value), LowerOptions{}.scale);
  EXPECT_EQ(find_key(keys, "lower.streams")->default_value,
            std::to_string(LowerOptions{}.stream_bits));
}

}  // namespace
}  // namespace systole
