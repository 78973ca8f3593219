// tensor_words.cpp: words of an element, or of the memory, are packed; padding fills up beats.
#include "sim/image/tensor_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole {
namespace {

std::size_t divide_up(std::size_t value, std::size_t by) { return value / by + (value % by != 0); }

Packing unit_of(const TensorPacking& packing) {
  Packing unit = packing.packing;
  unit.word_bits *= static_cast<int>(packing.words_per_unit());
  return unit;
}

/// Elements with the padding behind each beat.
std::size_t beat_slots(const TensorPacking& packing) {
  const std::size_t slots = unit_of(packing).slots();
  return divide_up(packing.beat, slots) * slots;
}

/// Turns round the words of every unit where the high part comes first.
void order_words(std::span<std::uint8_t> bytes, const TensorPacking& packing) {
  const std::size_t count = packing.words_per_unit();
  if (count == 1 || packing.packing.order == ElementOrder::kFirstLow) return;
  const std::size_t word = static_cast<std::size_t>(packing.packing.word_bits) / 8;
  for (std::size_t unit = 0; unit + count * word <= bytes.size(); unit += count * word)
    for (std::size_t i = 0; i < count / 2; ++i)
      std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(unit + i * word),
                       bytes.begin() + static_cast<std::ptrdiff_t>(unit + (i + 1) * word),
                       bytes.begin() + static_cast<std::ptrdiff_t>(unit + (count - 1 - i) * word));
}

}  // namespace

std::size_t TensorPacking::words_per_unit() const {
  return divide_up(static_cast<std::size_t>(packing.element_bits),
                   static_cast<std::size_t>(packing.word_bits));
}

std::size_t TensorPacking::words_per_beat() const {
  return words_per_unit() * (beat == 0 ? 1 : divide_up(beat, unit_of(*this).slots()));
}

std::size_t TensorPacking::words_for(std::size_t elements) const {
  if (beat == 0) return divide_up(elements, unit_of(*this).slots()) * words_per_unit();
  return divide_up(elements, beat) * words_per_beat();
}

Words pack_tensor(std::span<const std::int64_t> elements, const TensorPacking& packing) {
  const Packing unit = unit_of(packing);
  Words words;
  if (packing.beat == 0) {
    words = pack(elements, unit);
  } else {
    std::vector<std::int64_t> padded;
    for (std::size_t first = 0; first < elements.size(); first += packing.beat) {
      const auto beat = elements.subspan(first, std::min(packing.beat, elements.size() - first));
      padded.insert(padded.end(), beat.begin(), beat.end());
      padded.resize(divide_up(first + 1, packing.beat) * beat_slots(packing), unit.padding);
    }
    words = pack(padded, unit);
  }
  words.bits = packing.packing.word_bits;
  order_words(words.bytes, packing);
  return words;
}

std::vector<std::int64_t> unpack_tensor(const Words& words, std::size_t count,
                                        const TensorPacking& packing) {
  const Packing unit = unit_of(packing);
  Words units = words;
  order_words(units.bytes, packing);
  units.bits = unit.word_bits;
  if (packing.beat == 0) return unpack(units, count, unit);
  const std::size_t slots = beat_slots(packing);
  const std::vector<std::int64_t> padded =
      unpack(units, divide_up(count, packing.beat) * slots, unit);
  std::vector<std::int64_t> elements;
  elements.reserve(count);
  for (std::size_t i = 0; i < padded.size(); ++i) {
    if (i % slots < packing.beat && elements.size() < count)
      elements.push_back(padded[i]);
    else if (padded[i] != unit.padding)
      throw InputError({.key = fmt::format("word {}", i / unit.slots() * packing.words_per_unit()),
                        .got = fmt::format("{} behind a beat", padded[i]),
                        .expected = fmt::format("the padding {}", unit.padding)});
  }
  return elements;
}

std::int64_t element_at(std::span<const std::uint8_t> words, std::size_t index,
                        const TensorPacking& packing) {
  const Packing unit = unit_of(packing);
  if (packing.beat != 0) index = index / packing.beat * beat_slots(packing) + index % packing.beat;
  const std::size_t bytes = static_cast<std::size_t>(unit.word_bits) / 8;
  std::vector<std::uint8_t> several;
  std::span<const std::uint8_t> word = words.subspan(index / unit.slots() * bytes, bytes);
  if (packing.words_per_unit() > 1) {
    several.assign(word.begin(), word.end());
    order_words(several, packing);
    word = several;
  }
  return element_of(word, index % unit.slots(), unit);
}

}  // namespace systole
