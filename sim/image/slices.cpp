// slices.cpp: where each word lies, and copies of parts of it.
#include "sim/image/slices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace systole {
namespace {

struct Spread {
  std::size_t banks, lanes, per_bank;
  bool is_block;

  std::size_t bank(std::size_t word) const { return is_block ? word / per_bank : word % banks; }
  std::size_t row(std::size_t word) const { return is_block ? word % per_bank : word / banks; }
};

Spread spread_of(std::size_t count, const MemoryLayout& memory) {
  const auto banks = static_cast<std::size_t>(memory.banks);
  return {banks, static_cast<std::size_t>(memory.lanes), (count + banks - 1) / banks,
          memory.interleave == Interleave::kBlock};
}

}  // namespace

std::vector<Words> cut_slices(const Words& words, const MemoryLayout& memory) {
  const Spread spread = spread_of(words.count(), memory);
  const std::size_t part = words.word_bytes() / spread.lanes;
  std::vector<Words> slices(
      spread.banks * spread.lanes,
      Words{words.bits / memory.lanes, std::vector<std::uint8_t>(spread.per_bank * part)});
  for (std::size_t i = 0; i < words.count(); ++i)
    for (std::size_t lane = 0; lane < spread.lanes; ++lane) {
      const auto from = words.word(i).subspan(lane * part, part);
      Words& slice = slices[spread.bank(i) * spread.lanes + lane];
      std::ranges::copy(from,
                        slice.bytes.begin() + static_cast<std::ptrdiff_t>(spread.row(i) * part));
    }
  return slices;
}

Words join_slices(const std::vector<Words>& slices, std::size_t count, const MemoryLayout& memory) {
  const Spread spread = spread_of(count, memory);
  assert(slices.size() == spread.banks * spread.lanes);
  const std::size_t part = slices.at(0).word_bytes();
  Words words{slices[0].bits * memory.lanes, {}};
  words.bytes.resize(count * part * spread.lanes);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t lane = 0; lane < spread.lanes; ++lane) {
      const auto from = slices[spread.bank(i) * spread.lanes + lane].word(spread.row(i));
      std::ranges::copy(from, words.bytes.begin() +
                                  static_cast<std::ptrdiff_t>((i * spread.lanes + lane) * part));
    }
  if (cut_slices(words, memory) != slices)
    throw InputError({.got = "words other than 0 behind a bank's last one",
                      .expected = fmt::format("{} words in {} banks", count, spread.banks)});
  return words;
}

}  // namespace systole
