// slices_test.cpp: banks and lanes by hand, and back.
#include "sim/image/slices.h"

#include <gtest/gtest.h>

#include "tests/unit/sim/image/support.h"

namespace systole {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Words of 16 bits: 0x0100, 0x0302, 0x0504.
const Words kThree = {16, {0, 1, 2, 3, 4, 5}};

TEST(Slices, SpreadWordsOverBanksOneByOne) {
  const std::vector<Words> slices = cut_slices(kThree, {.banks = 2});
  ASSERT_EQ(slices.size(), 2);
  EXPECT_EQ(slices[0], (Words{16, {0, 1, 4, 5}}));
  EXPECT_EQ(slices[1], (Words{16, {2, 3, 0, 0}}));
}

TEST(Slices, SpreadWordsOverBanksInBlocks) {
  const std::vector<Words> slices =
      cut_slices(kThree, {.banks = 2, .interleave = Interleave::kBlock});
  EXPECT_EQ(slices[0], (Words{16, {0, 1, 2, 3}}));
  EXPECT_EQ(slices[1], (Words{16, {4, 5, 0, 0}}));
}

TEST(Slices, CutWordsIntoLanesLowestBitsFirst) {
  const std::vector<Words> slices = cut_slices(kThree, {.lanes = 2});
  EXPECT_EQ(slices[0], (Words{8, {0, 2, 4}}));
  EXPECT_EQ(slices[1], (Words{8, {1, 3, 5}}));
}

TEST(Slices, AreLanesOfBanks) {
  const std::vector<Words> slices = cut_slices(kThree, {.banks = 3, .lanes = 2});
  ASSERT_EQ(slices.size(), 6);
  EXPECT_EQ(slices[4], (Words{8, {4}}));
  EXPECT_EQ(slices[5], (Words{8, {5}}));
}

TEST(Slices, AreJoinedToWhatTheyWere) {
  for (const Interleave interleave : {Interleave::kWord, Interleave::kBlock})
    for (const int banks : {1, 2, 3, 7})
      for (const int lanes : {1, 2, 4})
        for (const std::size_t count : {1, 2, 13, 14}) {
          const MemoryLayout memory{.banks = banks, .lanes = lanes, .interleave = interleave};
          const Words words = random_words(64, count, 7);
          EXPECT_EQ(join_slices(cut_slices(words, memory), count, memory), words)
              << banks << " banks, " << lanes << " lanes, " << count << " words";
        }
}

TEST(Slices, RefuseWordsBehindTheLastOne) {
  const MemoryLayout memory{.banks = 2};
  std::vector<Words> slices = cut_slices(kThree, memory);
  slices[1].bytes[3] = 1;
  EXPECT_EQ(message_of([&] { join_slices(slices, 3, memory); }),
            "got words other than 0 behind a bank's last one, expected 3 words in 2 banks");
}

}  // namespace
}  // namespace systole
