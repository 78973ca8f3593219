// beat_words_test.cpp: fields of any width in words of any width.
#include "sim/image/beat_words.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

std::string word(const std::vector<WordField>& fields, const std::vector<std::int64_t>& values) {
  BeatFile file("t", fields);
  file.add(values);
  std::string text = std::move(file).finish();
  text = text.substr(std::string("// t\n@0\n").size());
  return text.substr(0, text.find('\n'));
}

TEST(BeatWords, HoldFieldsFromTheLeastSignificantBitOn) {
  // 101, 01, 1 and 0000011: 0000011 1 01 101.
  EXPECT_EQ(word({{"a", 3}, {"b", 2}, {"c", 1}, {"d", 7}}, {5, 1, 1, 3}), "00ed");
}

TEST(BeatWords, HoldNegativeNumbersInTheBitsOfTheirField) {
  EXPECT_EQ(word({{"a", 17, true}, {"b", 7}}, {-1, 0}), "01ffff");
  EXPECT_EQ(word({{"a", 7, true}, {"b", 64, true}, {"c", 1}}, {0, -1, 0}), "7fffffffffffffff80");
}

TEST(BeatWords, MayBeWiderThanMemories) {
  const Geometry wide{.rows = 64, .cols = 64, .acc_depth = 8, .scale_bits = 32};
  const std::vector<WordField> fields = word_fields(kTap, wide);
  EXPECT_EQ(count_bits(fields), 64 * 32 + 16);
  std::vector<std::int64_t> values(65, 0);
  values[63] = -2;
  values[64] = 64;
  EXPECT_EQ(word(fields, values), "0040fffffffe" + std::string(63 * 8, '0'));
}

TEST(BeatWords, OfParametersAreAsWideAsTheScale) {
  const Geometry narrow{.rows = 2, .cols = 2, .acc_depth = 8, .scale_bits = 16};
  EXPECT_EQ(count_bits(word_fields(kParameter, narrow)), 16 + 64 + 6 + 16 + 6);
  EXPECT_EQ(file_word_bits(word_fields(kParameter, narrow)), 112);
  EXPECT_EQ(count_bits(word_fields(kParameter, {})), 1 + 64 + 6 + 1 + 6);
}

TEST(BeatFile, EndsWithAWordOfOnes) {
  BeatFile file("title", {{"a", 4}});
  EXPECT_EQ(file.count(), 0u);
  EXPECT_EQ(std::move(file).finish(), "// title\n@0\nff\n");
}

}  // namespace
}  // namespace systole
