// beat_words.cpp: fields into bits, least significant first.
#include "sim/image/beat_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "sim/image/digits.h"

namespace systole {
namespace {

/// A field of a beat and how to get it; `bits` 0: as many as a scale has, which is one at least
/// also where a design without lanes has none.
template <class Beat>
struct BeatField {
  const char* name;
  int bits;
  bool is_signed;
  std::int64_t (*get)(const Beat&);
};

constexpr BeatField<CommandBeat> kCommandFields[] = {
    {"rows", 16, false, [](const CommandBeat& b) -> std::int64_t { return b.rows; }},
    {"first_row", 16, false, [](const CommandBeat& b) -> std::int64_t { return b.first_row; }},
    {"stream", 1, false, [](const CommandBeat& b) -> std::int64_t { return b.stream; }},
    {"maximum", 1, false, [](const CommandBeat& b) -> std::int64_t { return b.maximum; }},
    {"first", 1, false, [](const CommandBeat& b) -> std::int64_t { return b.first; }},
    {"last", 1, false, [](const CommandBeat& b) -> std::int64_t { return b.last; }},
    {"new_weights", 1, false, [](const CommandBeat& b) -> std::int64_t { return b.new_weights; }},
    {"new_params", 1, false, [](const CommandBeat& b) -> std::int64_t { return b.new_params; }},
    {"residual", 1, false, [](const CommandBeat& b) -> std::int64_t { return b.residual; }},
    {"rounding", 3, false, [](const CommandBeat& b) -> std::int64_t { return b.rounding; }},
    {"subtract_zp", 1, false, [](const CommandBeat& b) -> std::int64_t { return b.subtract_zp; }},
    {"zero_point", 17, true, [](const CommandBeat& b) -> std::int64_t { return b.zero_point; }},
    {"lo", 17, true, [](const CommandBeat& b) -> std::int64_t { return b.lo; }},
    {"hi", 17, true, [](const CommandBeat& b) -> std::int64_t { return b.hi; }},
};

constexpr BeatField<ParameterBeat> kParameterFields[] = {
    {"scale", 0, true, [](const ParameterBeat& b) -> std::int64_t { return b.scale; }},
    {"bias", 64, true, [](const ParameterBeat& b) -> std::int64_t { return b.bias; }},
    {"shift", 6, false, [](const ParameterBeat& b) -> std::int64_t { return b.shift; }},
    {"residual_scale", 0, true,
     [](const ParameterBeat& b) -> std::int64_t { return b.residual_scale; }},
    {"residual_shift", 6, false,
     [](const ParameterBeat& b) -> std::int64_t { return b.residual_shift; }},
};

template <class Beat, std::size_t kCount>
std::vector<WordField> describe(const BeatField<Beat> (&fields)[kCount], const Geometry& geometry) {
  const int scale_bits = std::max(1, static_cast<int>(geometry.scale_bits));
  std::vector<WordField> result;
  for (const BeatField<Beat>& field : fields)
    result.push_back({field.name, field.bits ? field.bits : scale_bits, field.is_signed, 1});
  return result;
}

template <class Beat, std::size_t kCount>
std::vector<std::int64_t> get(const BeatField<Beat> (&fields)[kCount], const std::uint8_t* bytes) {
  Beat beat;
  std::memcpy(&beat, bytes, sizeof beat);
  std::vector<std::int64_t> values;
  for (const BeatField<Beat>& field : fields) values.push_back(field.get(beat));
  return values;
}

template <class Element>
std::vector<std::int64_t> get(std::int64_t count, const std::uint8_t* bytes) {
  std::vector<Element> elements(static_cast<std::size_t>(count));
  std::memcpy(elements.data(), bytes, elements.size() * sizeof(Element));
  return {elements.begin(), elements.end()};
}

/// A byte at a time: `word` is zero there.
void insert(std::uint64_t value, int bits, std::size_t position, std::vector<std::uint8_t>& word) {
  while (bits > 0) {
    const std::size_t offset = position % 8;
    const int taken = std::min(bits, 8 - static_cast<int>(offset));
    const std::uint64_t part = value & ((std::uint64_t{1} << taken) - 1);
    word[position / 8] = static_cast<std::uint8_t>(word[position / 8] | part << offset);
    value >>= taken;
    position += static_cast<std::size_t>(taken);
    bits -= taken;
  }
}

}  // namespace

std::vector<WordField> word_fields(Channel channel, const Geometry& geometry) {
  const WordField columns{"columns", 16, false, 1};
  switch (channel) {
    case kCommand:
      return describe(kCommandFields, geometry);
    case kActivation:
      return {{"data", 16, true, geometry.lanes()}};
    case kWeight:
      return {{"data", static_cast<int>(geometry.weight_bits), true, geometry.cols}};
    case kParameter:
      return describe(kParameterFields, geometry);
    case kResidual:
      return {{"data", 17, true, geometry.cols}};
    case kOutput:
      return {{"data", 17, true, geometry.cols}, columns};
    case kTap:
      return {{"data", 32, true, geometry.cols}, columns};
    case kChannelCount:
      break;
  }
  return {};
}

std::int64_t count_bits(std::span<const WordField> fields) {
  std::int64_t bits = 0;
  for (const WordField& field : fields) bits += field.width();
  return bits;
}

std::int64_t file_word_bits(std::span<const WordField> fields) {
  return (count_bits(fields) + 7) / 8 * 8;
}

std::vector<std::int64_t> word_values(Channel channel, const std::uint8_t* beat,
                                      const Geometry& geometry) {
  switch (channel) {
    case kCommand:
      return get(kCommandFields, beat);
    case kActivation:
      return get<std::int16_t>(geometry.lanes(), beat);
    case kWeight:
      return get<std::int16_t>(geometry.cols, beat);
    case kParameter:
      return get(kParameterFields, beat);
    case kResidual:
    case kOutput:
    case kTap:
    case kChannelCount:
      break;
  }
  return get<std::int32_t>(geometry.cols, beat);
}

BeatFile::BeatFile(std::string_view title, std::vector<WordField> fields)
    : fields_(std::move(fields)),
      word_(static_cast<std::size_t>(file_word_bits(fields_)) / 8),
      text_(fmt::format("// {}\n@0\n", title)) {}

void BeatFile::add(std::span<const std::int64_t> values) {
  std::fill(word_.begin(), word_.end(), std::uint8_t{0});
  std::size_t position = 0, next = 0;
  for (const WordField& field : fields_)
    for (std::int64_t i = 0; i < field.count; ++i) {
      insert(static_cast<std::uint64_t>(values[next++]), field.bits, position, word_);
      position += static_cast<std::size_t>(field.bits);
    }
  assert(next == values.size());
  append_digits(word_, 4, text_);
  text_ += '\n';
  ++count_;
}

std::string BeatFile::finish() && {
  text_.append(word_.size() * 2, 'f');
  return std::move(text_) + '\n';
}

}  // namespace systole
