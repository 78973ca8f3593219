// packing_test.cpp: where elements lie in words, and what is refused.
#include "sim/image/packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/unit/sim/image/support.h"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Elements = std::vector<std::int64_t>;

TEST(Packing, PutsTheFirstElementInTheLowestBits) {
  // 1 and -2 are nibbles 1 and e; 7 and -8 are 7 and 8: the word 0x87e1.
  const Packing packing{.word_bits = 16, .element_bits = 4};
  EXPECT_THAT(pack(Elements{1, -2, 7, -8}, packing).bytes, ElementsAre(0xe1, 0x87));
}

TEST(Packing, PutsTheFirstElementInTheHighestSlotWhenAsked) {
  const Packing packing{.word_bits = 16, .element_bits = 4, .order = ElementOrder::kFirstHigh};
  EXPECT_THAT(pack(Elements{1, -2, 7, -8}, packing).bytes, ElementsAre(0x78, 0x1e));
}

TEST(Packing, LeavesBitsThatHoldNoWholeElementAtTheTop) {
  // Two slots of 3 bits in a byte: 5 = 101 and 6 = 110 give 00 110 101.
  Packing packing{.word_bits = 8, .element_bits = 3, .is_signed = false};
  EXPECT_THAT(pack(Elements{5, 6}, packing).bytes, ElementsAre(0x35));
  packing.order = ElementOrder::kFirstHigh;  // 00 101 110.
  EXPECT_THAT(pack(Elements{5, 6}, packing).bytes, ElementsAre(0x2e));
}

TEST(Packing, FillsTheLastWordWithPadding) {
  const Packing packing{.word_bits = 16, .element_bits = 4, .padding = -3};  // d.
  EXPECT_THAT(pack(Elements{1, 2, 3, 4, 5}, packing).bytes, ElementsAre(0x21, 0x43, 0xd5, 0xdd));
  EXPECT_THAT(pack(Elements{}, packing).bytes, testing::IsEmpty());
}

TEST(Packing, CrossesBytes) {
  // 12 bits each: 0x123 and 0xabc (-1348) in 24 bits give 0xabc123.
  const Packing packing{.word_bits = 24, .element_bits = 12};
  EXPECT_THAT(pack(Elements{0x123, -1348}, packing).bytes, ElementsAre(0x23, 0xc1, 0xab));
}

TEST(Packing, ReversesTheBitsOfEachByte) {
  const Packing packing{
      .word_bits = 16, .element_bits = 16, .is_signed = false, .reverse_bits = true};
  EXPECT_THAT(pack(Elements{0x0180}, packing).bytes, ElementsAre(0x01, 0x80));
  EXPECT_THAT(pack(Elements{0x2300}, packing).bytes, ElementsAre(0x00, 0xc4));
}

TEST(Packing, HoldsTheCornersOfEveryWidth) {
  for (int bits = 1; bits <= 64; ++bits) {
    const auto hi = static_cast<std::int64_t>((std::uint64_t{1} << (bits - 1)) - 1);
    const Elements elements = {0, hi, -hi - 1, 0, -1};
    const Packing packing{.word_bits = 128, .element_bits = bits};
    EXPECT_EQ(unpack(pack(elements, packing), 5, packing), elements) << bits;
    if (bits == 64) continue;
    const Packing natural{.word_bits = 128, .element_bits = bits, .is_signed = false};
    const Elements naturals = {0, hi * 2 + 1, 1};
    EXPECT_EQ(unpack(pack(naturals, natural), 3, natural), naturals) << bits;
  }
}

TEST(Packing, IsUndoneByUnpack) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937_64 random(seed);
    Packing packing{.word_bits = 8 * static_cast<int>(1 + random() % 128)};
    packing.is_signed = random() % 2 != 0;
    packing.element_bits = 1 + static_cast<int>(random() % std::min(packing.word_bits, 63));
    packing.order = random() % 2 ? ElementOrder::kFirstLow : ElementOrder::kFirstHigh;
    packing.reverse_bits = random() % 2 != 0;
    const auto value = [&] {
      const auto any = static_cast<std::int64_t>(random() >> (64 - packing.element_bits));
      return packing.is_signed ? any - (std::int64_t{1} << (packing.element_bits - 1)) : any;
    };
    packing.padding = value();
    Elements elements(random() % 100);
    for (std::int64_t& element : elements) element = value();
    const Words words = pack(elements, packing);
    ASSERT_EQ(words.count(), (elements.size() + packing.slots() - 1) / packing.slots());
    ASSERT_EQ(unpack(words, elements.size(), packing), elements) << "seed " << seed;
  }
}

TEST(Packing, RefusesValuesOutsideTheirWidth) {
  Packing packing{.word_bits = 16, .element_bits = 4};
  EXPECT_NO_THROW(pack(Elements{-8, 7}, packing));
  EXPECT_EQ(message_of([&] {
              pack(Elements{0, 8}, packing);
            }),
            "element 1: got 8, expected a value from -8 to 7");
  EXPECT_THAT(message_of([&] { pack(Elements{-9}, packing); }), HasSubstr("element 0: got -9"));
  packing.is_signed = false;
  EXPECT_NO_THROW(pack(Elements{0, 15}, packing));
  EXPECT_EQ(message_of([&] { pack(Elements{-1}, packing); }),
            "element 0: got -1, expected a value from 0 to 15");
  packing.padding = 16;
  EXPECT_THAT(message_of([&] { pack(Elements{}, packing); }), HasSubstr("padding: got 16"));
}

TEST(Packing, RefusesWidthsThatItCannotHold) {
  for (const int bits : {0, -8, 4, 12, 1032}) {
    const Packing packing{.word_bits = bits, .element_bits = 1};
    EXPECT_THAT(message_of([&] { pack(Elements{0}, packing); }), HasSubstr("a multiple of 8"));
  }
  for (const int bits : {0, -1, 9}) {
    const Packing packing{.word_bits = 8, .element_bits = bits};
    EXPECT_THAT(message_of([&] { pack(Elements{0}, packing); }), HasSubstr("1 to 8 signed bits"));
  }
  const Packing wide{.word_bits = 128, .element_bits = 64, .is_signed = false};
  EXPECT_THAT(message_of([&] { pack(Elements{0}, wide); }), HasSubstr("1 to 63 unsigned bits"));
}

TEST(Packing, RefusesWordsThatItDoesNotGive) {
  const Packing packing{.word_bits = 8, .element_bits = 3, .is_signed = false};
  const auto complaint = [&](const Words& words, std::size_t count) {
    return message_of([&] { unpack(words, count, packing); });
  };
  EXPECT_EQ(unpack({8, {0x35}}, 2, packing), (Elements{5, 6}));
  EXPECT_EQ(complaint({8, {0x35}}, 3),
            "got 1 bytes as words of 8 bits, expected 2 words of 8 bits for 3 elements");
  EXPECT_THAT(complaint({8, {0x35, 0}}, 2), HasSubstr("got 2 bytes"));
  EXPECT_THAT(complaint({16, {0x35, 0}}, 2), HasSubstr("words of 16 bits"));
  EXPECT_EQ(complaint({8, {0x75}}, 2),
            "word 0: got byte 0x75 where no element is, expected 0x35, as padding");
  EXPECT_THAT(complaint({8, {0x35}}, 1), HasSubstr("expected 0x05"));
}

}  // namespace
}  // namespace systole
