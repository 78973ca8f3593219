// packing.cpp: puts bit fields into words and takes them out.
#include "sim/image/packing.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole {
namespace {

struct Range {
  std::int64_t lo;
  std::int64_t hi;
};

Range range_of(const Packing& packing) {
  const int magnitude_bits = packing.element_bits - (packing.is_signed ? 1 : 0);
  const auto hi = static_cast<std::int64_t>((std::uint64_t{1} << magnitude_bits) - 1);
  return {packing.is_signed ? -hi - 1 : 0, hi};
}

void check_value(std::int64_t value, const Range& range, const std::string& key) {
  if (range.lo <= value && value <= range.hi) return;
  throw InputError({.key = key,
                    .got = std::to_string(value),
                    .expected = fmt::format("a value from {} to {}", range.lo, range.hi)});
}

void check(const Packing& packing) {
  check_word_bits(packing.word_bits, {});
  const int most = std::min(packing.is_signed ? 64 : 63, packing.word_bits);
  if (packing.element_bits < 1 || packing.element_bits > most) {
    throw InputError(
        {.key = "element bits",
         .got = std::to_string(packing.element_bits),
         .expected = fmt::format("1 to {} {} bits in words of {}", most,
                                 packing.is_signed ? "signed" : "unsigned", packing.word_bits)});
  }
  check_value(packing.padding, range_of(packing), "padding");
}

/// The first bit of the `index`th element of a word.
int first_bit(std::size_t index, const Packing& packing) {
  const std::size_t slot =
      packing.order == ElementOrder::kFirstLow ? index : packing.slots() - 1 - index;
  return static_cast<int>(slot) * packing.element_bits;
}

/// Bits that are 0 become the low `bits` bits of `value`, from bit `at` on.
void put(std::uint64_t value, int at, int bits, std::span<std::uint8_t> word) {
  while (bits > 0) {
    const int taken = std::min(8 - at % 8, bits);
    const std::uint64_t part = value & ((1U << taken) - 1);
    word[at / 8] = static_cast<std::uint8_t>(word[at / 8] | part << (at % 8));
    value >>= taken;
    at += taken;
    bits -= taken;
  }
}

unsigned reversed(unsigned byte) {
  unsigned result = 0;
  for (int bit = 0; bit < 8; ++bit) result |= (byte >> bit & 1U) << (7 - bit);
  return result;
}

void reverse_bits(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(reversed(byte));
}

}  // namespace

Words pack(std::span<const std::int64_t> elements, const Packing& packing) {
  check(packing);
  const Range range = range_of(packing);
  const std::size_t slots = packing.slots();
  const std::size_t count = elements.size() / slots + (elements.size() % slots != 0);
  Words words{packing.word_bits, {}};
  words.bytes.resize(count * words.word_bytes());
  for (std::size_t i = 0; i < count * slots; ++i) {
    const bool is_element = i < elements.size();
    if (is_element && (elements[i] < range.lo || elements[i] > range.hi))
      check_value(elements[i], range, fmt::format("element {}", i));
    const std::int64_t value = is_element ? elements[i] : packing.padding;
    put(static_cast<std::uint64_t>(value), first_bit(i % slots, packing), packing.element_bits,
        std::span(words.bytes).subspan(i / slots * words.word_bytes(), words.word_bytes()));
  }
  if (packing.reverse_bits) reverse_bits(words.bytes);
  return words;
}

std::vector<std::int64_t> unpack(const Words& words, std::size_t count, const Packing& packing) {
  check(packing);
  const std::size_t slots = packing.slots();
  const std::size_t expected = count / slots + (count % slots != 0);
  const std::size_t word_bytes = words.word_bytes();
  if (words.bits != packing.word_bits || words.bytes.size() % word_bytes != 0 ||
      words.count() != expected) {
    throw InputError(
        {.got = fmt::format("{} bytes as words of {} bits", words.bytes.size(), words.bits),
         .expected = fmt::format("{} words of {} bits for {} elements", expected, packing.word_bits,
                                 count)});
  }
  std::vector<std::int64_t> elements(count);
  for (std::size_t i = 0; i < count; ++i)
    elements[i] = element_of(words.word(i / slots), i % slots, packing);
  const Words packed = pack(elements, packing);  // Has the same bits where no element is, too.
  const auto [stray, _] =
      std::mismatch(words.bytes.begin(), words.bytes.end(), packed.bytes.begin());
  if (stray != words.bytes.end()) {
    const auto at = static_cast<std::size_t>(stray - words.bytes.begin());
    throw InputError({.key = fmt::format("word {}", at / word_bytes),
                      .got = fmt::format("byte {:#04x} where no element is", *stray),
                      .expected = fmt::format("{:#04x}, as padding", packed.bytes[at])});
  }
  return elements;
}

std::int64_t element_of(std::span<const std::uint8_t> word, std::size_t index,
                        const Packing& packing) {
  const int first = first_bit(index, packing);
  std::uint64_t value = 0;
  for (int done = 0; done < packing.element_bits;) {
    const int at = first + done;
    const int taken = std::min(8 - at % 8, packing.element_bits - done);
    const unsigned byte = packing.reverse_bits ? reversed(word[at / 8]) : word[at / 8];
    const std::uint64_t part = byte >> (at % 8) & ((1U << taken) - 1);
    value |= part << done;
    done += taken;
  }
  const int unused = 64 - packing.element_bits;
  if (!packing.is_signed) return static_cast<std::int64_t>(value);
  return static_cast<std::int64_t>(value << unused) >> unused;
}

}  // namespace systole
