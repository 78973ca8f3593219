// damage_test.cpp: files that were cut or changed give the same words or an error, never a crash.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

#include "tests/unit/sim/image/support.h"

namespace systole {
namespace {

constexpr std::array kWidths = {8, 24, 32, 256};

/// Without a value where the text is refused; any other exception fails the test.
std::optional<MemoryImage> read_damaged(const std::string& text, ImageFormat format, int bits) {
  try {
    return parse(text, format, bits);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

bool is_prefix(const Words& part, const Words& whole) {
  return part.bytes.size() <= whole.bytes.size() &&
         std::equal(part.bytes.begin(), part.bytes.end(), whole.bytes.begin());
}

class Damage : public testing::TestWithParam<ImageFormat> {
 protected:
  MemoryImage image(int bits) const {
    return {"w", holds_addresses(GetParam()) ? 5U : 0U, random_words(bits, 3, 1)};
  }
  /// Formats of which any beginning of whole words is a file, too.
  bool has_no_end() const {
    return GetParam() == ImageFormat::kHex || GetParam() == ImageFormat::kBin ||
           GetParam() == ImageFormat::kRaw;
  }
  bool has_checksums() const {
    return GetParam() == ImageFormat::kIntelHex || GetParam() == ImageFormat::kSRecord;
  }
};

TEST_P(Damage, IsRefusedWhenAFileIsCut) {
  for (const int bits : kWidths) {
    const MemoryImage whole = image(bits);
    const std::string text = write_image(whole, GetParam());
    for (std::size_t size = 0; size < text.size(); ++size) {
      const auto read = read_damaged(text.substr(0, size), GetParam(), bits);
      if (!read) continue;
      EXPECT_EQ(read->base, whole.base) << bits << " bits, cut at " << size;
      if (has_no_end()) {
        EXPECT_TRUE(is_prefix(read->words, whole.words)) << bits << " bits, cut at " << size;
      } else {
        EXPECT_EQ(read->words, whole.words) << bits << " bits, cut at " << size;
      }
    }
  }
}

TEST_P(Damage, IsRefusedOrHarmlessWhenACharacterChanges) {
  for (const int bits : {8, 32}) {
    const MemoryImage whole = image(bits);
    const std::string text = write_image(whole, GetParam());
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (int change = 1; change < 256; ++change) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ change);
        const auto read = read_damaged(changed, GetParam(), bits);
        if (!read) continue;
        ASSERT_LE(read->words.bytes.size(), text.size());
        if (!has_checksums()) continue;
        ASSERT_EQ(read->words, whole.words) << bits << " bits, " << at << " xor " << change;
        ASSERT_EQ(read->base, whole.base) << bits << " bits, " << at << " xor " << change;
      }
    }
  }
}

TEST_P(Damage, NeverCrashesWhenMuchChanges) {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    std::string text = write_image(image(32), GetParam());
    for (unsigned changes = 1 + random() % 8; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const std::size_t from = random() % text.size();
      const std::size_t count = random() % 12;
      if (random() % 2 == 0) {
        text[at] = static_cast<char>(random() & 0xff);
      } else {
        text.replace(at, random() % 12, text.substr(from, count + 1));
      }
    }
    const auto read = read_damaged(text, GetParam(), 32);
    if (read) {
      EXPECT_LE(read->words.bytes.size(), text.size()) << "seed " << seed;
    }
  }
}

TEST_P(Damage, IsRefusedWhenAFileIsOfAnotherFormat) {
  EXPECT_FALSE(read_damaged("", GetParam(), 8));
  if (GetParam() == ImageFormat::kRaw) return;  // Anything is raw bytes.
  for (const ImageFormat other : kImageFormats) {
    if (other == GetParam()) continue;
    EXPECT_FALSE(read_damaged(write_image(image(32), other), GetParam(), 32)) << to_string(other);
  }
}

INSTANTIATE_TEST_SUITE_P(OfEachFormat, Damage, testing::ValuesIn(kImageFormats),
                         [](const auto& each) { return to_string(each.param); });

}  // namespace
}  // namespace systole
