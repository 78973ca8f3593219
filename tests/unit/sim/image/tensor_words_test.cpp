// tensor_words_test.cpp: beats that begin with a word, elements that take several.
#include "sim/image/tensor_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/sim/image/support.h"

namespace systole {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Elements = std::vector<std::int64_t>;

TEST(TensorWords, BeginAWordWithEveryBeatAndFillItUpWithPadding) {
  const TensorPacking packing{{.word_bits = 16, .element_bits = 4, .padding = -1}, 3};
  const Words words = pack_tensor(Elements{1, 2, 3, 4, 5, 6}, packing);
  EXPECT_EQ(words.bytes, (Bytes{0x21, 0xf3, 0x54, 0xf6}));
  EXPECT_EQ(packing.words_per_beat(), 1U);
}

TEST(TensorWords, RunOnWithoutBeats) {
  const TensorPacking packing{{.word_bits = 16, .element_bits = 4}, 0};
  EXPECT_EQ(pack_tensor(Elements{1, 2, 3, 4, 5, 6}, packing).bytes, (Bytes{0x21, 0x43, 0x65, 0}));
}

TEST(TensorWords, SpreadAnElementOverWordsTheLowPartFirst) {
  const TensorPacking packing{{.word_bits = 8, .element_bits = 20, .is_signed = false}, 0};
  EXPECT_EQ(pack_tensor(Elements{0x12345, 1}, packing).bytes, (Bytes{0x45, 0x23, 0x01, 1, 0, 0}));
  EXPECT_EQ(packing.words_per_unit(), 3U);
}

TEST(TensorWords, SpreadAnElementOverWordsTheHighPartFirstWhereTheFirstIsHigh) {
  const TensorPacking packing{
      {.word_bits = 8, .element_bits = 24, .is_signed = false, .order = ElementOrder::kFirstHigh},
      0};
  EXPECT_EQ(pack_tensor(Elements{0x12345}, packing).bytes, (Bytes{0x01, 0x23, 0x45}));
}

TEST(TensorWords, RefuseSomethingElseThanPaddingBehindABeat) {
  const TensorPacking packing{{.word_bits = 16, .element_bits = 4}, 3};
  EXPECT_EQ(message_of([&] {
              unpack_tensor({16, {0x21, 0x13}}, 3, packing);
            }),
            "word 0: got 1 behind a beat, expected the padding 0");
}

TEST(TensorWords, GiveBackWhatTheyWereMadeOf) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    TensorPacking packing;
    packing.packing.word_bits = 8 * static_cast<int>(1 + random() % 9);
    packing.packing.element_bits = static_cast<int>(1 + random() % 63);
    packing.packing.is_signed = random() % 2 == 0;
    packing.packing.order = random() % 2 ? ElementOrder::kFirstHigh : ElementOrder::kFirstLow;
    packing.packing.reverse_bits = random() % 2 == 0;
    packing.beat = random() % 3 == 0 ? 0 : 1 + random() % 20;
    Elements elements(1 + random() % 50);
    const std::uint64_t mask = (std::uint64_t{1} << packing.packing.element_bits) - 1;
    for (std::int64_t& element : elements) {
      element = static_cast<std::int64_t>((std::uint64_t{random()} << 32 | random()) & mask);
      if (packing.packing.is_signed && element >> (packing.packing.element_bits - 1) & 1)
        element -= static_cast<std::int64_t>(mask) + 1;
    }
    const Words words = pack_tensor(elements, packing);
    ASSERT_EQ(words.count(), packing.words_for(elements.size()));
    ASSERT_EQ(unpack_tensor(words, elements.size(), packing), elements);
    for (std::size_t i = 0; i < elements.size(); ++i)
      ASSERT_EQ(element_at(words.bytes, i, packing), elements[i]) << i;
  }
}

}  // namespace
}  // namespace systole
