// image_layout.cpp: the keys of a layout file and what they become.
#include "sim/image/image_layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace systole {
namespace {

constexpr int kMostWordBits = 1024;

std::string format_names() {
  std::vector<std::string> names;
  for (const ImageFormat format : kImageFormats) names.push_back(to_string(format));
  return fmt::format("{}", fmt::join(names, ", "));
}

void add_memory_keys(const std::string& memory, KeyTable& keys) {
  const auto add = [&](const std::string& key, KeySpec spec) {
    spec.key = fmt::format("memories.{}.{}", memory, key);
    keys.push_back(std::move(spec));
  };
  const auto integer = [](const std::string& value, double lo, double hi, const std::string& help) {
    return KeySpec{
        .type = KeyType::kInteger, .default_value = value, .lo = lo, .hi = hi, .help = help};
  };
  const auto choice = [](std::vector<std::string> choices, const std::string& help) {
    KeySpec spec{.type = KeyType::kChoice, .default_value = choices[0], .help = help};
    spec.choices = std::move(choices);
    return spec;
  };
  add("include", {.type = KeyType::kBoolean, .default_value = "true", .help = "Write it."});
  add("word_bits",
      integer("0", 0, kMostWordBits, "Width of a word, a multiple of 8; 0: as the array has it."));
  add("byte_order", choice({"little", "big"}, "Of words in formats that have bytes."));
  add("bit_order",
      choice({"lsb_first", "msb_first"}, "msb_first: the bits of every byte are turned round."));
  add("first_element", choice({"low", "high"}, "Which bits of a word its first element takes."));
  add("padding", integer("0", -32768, 65535, "What places without an element hold."));
  add("banks", integer("1", 1, 256, "Memories that the words are spread over."));
  add("lanes", integer("1", 1, 128, "Memories that each word is cut into, lowest bits first."));
  add("interleave", choice({"word", "block"}, "Of banks: word by word, or one run of words each."));
  add("base", integer("0", 0, 4294967295.0, "Word address of the first word."));
  add("align", integer("1", 1, 1048576, "Tensors begin at multiples of so many words."));
  add("depth", integer("0", 0, 4294967296.0,
                       "Words that the memory has from its base on; 0: as many as needed."));
  if (memory == "weights") {
    add("element_bits", integer("0", 0, 16,
                                "Width of a weight; 0: the narrowest of 2, 4, 8 and the array's "
                                "own that holds all of them."));
    add("beats",
        choice({"aligned", "packed"}, "Whether each beat of `Cols` weights begins with a word."));
  }
  if (memory == "activations" || memory == "expected")
    add("tensors", choice({"ends", "all"},
                          memory == "expected"
                              ? "Those that leave the array: the network's outputs and what the "
                                "host reads; or every op's, accumulators too."
                              : "Those that enter the array: the network's inputs and what the "
                                "host makes; or every op's operands."));
}

KeyTable make_keys() {
  KeyTable keys = {
      {.key = "name",
       .type = KeyType::kString,
       .default_value = "default",
       .help = "Of the layout, for the manifest."},
      {.key = "version",
       .type = KeyType::kInteger,
       .required = true,
       .lo = kImageLayoutVersion,
       .hi = kImageLayoutVersion,
       .help = "Of these keys."},
      {.key = "split",
       .type = KeyType::kChoice,
       .default_value = "op",
       .choices = {"op", "one"},
       .help = "A file per op, or one per memory."},
      {.key = "formats",
       .type = KeyType::kString,
       .default_value = "hex raw",
       .help = "One or more of: " + format_names() + ". All hold the same words."},
      {.key = "c_alignment",
       .type = KeyType::kInteger,
       .default_value = "8",
       .lo = 1,
       .hi = 4096,
       .help = "Of the arrays in C headers, in bytes: a power of two."},
  };
  for (const char* memory : kMemoryNames) add_memory_keys(memory, keys);
  return keys;
}

/// What a memory's words are where the layout does not say: see parse_image_layout.
int array_word_bits(MemoryKind kind, int weight_bits, const Geometry& geometry) {
  std::int64_t bits = 64;
  switch (kind) {
    case MemoryKind::kWeights:
      bits = std::int64_t{geometry.cols} * weight_bits;
      break;
    case MemoryKind::kParameters:
      break;
    case MemoryKind::kActivations:
      bits = std::int64_t{geometry.rows} * 8;
      break;
    case MemoryKind::kExpected:
      bits = std::int64_t{geometry.cols} * 32;
      break;
    case MemoryKind::kDescriptors:
      bits = 512;
      break;
  }
  return static_cast<int>(std::min<std::int64_t>((bits + 7) / 8 * 8, kMostWordBits));
}

std::vector<ImageFormat> parse_formats(const Settings& settings) {
  std::vector<ImageFormat> formats;
  std::string text = settings.text("formats");
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream names(text);
  for (std::string name; names >> name;) {
    const auto format = parse_image_format(name);
    if (!format || std::find(formats.begin(), formats.end(), *format) != formats.end())
      throw settings.error("formats", "different names of: " + format_names());
    formats.push_back(*format);
  }
  if (formats.empty()) throw settings.error("formats", "one or more of: " + format_names());
  return formats;
}

MemoryLayout parse_memory(const Settings& settings, MemoryKind kind) {
  const std::string prefix = "memories." + to_string(kind) + ".";
  MemoryLayout memory;
  memory.include = settings.boolean(prefix + "include");
  memory.word_bits = static_cast<int>(settings.integer(prefix + "word_bits"));
  memory.byte_order = static_cast<ByteOrder>(settings.choice_index(prefix + "byte_order"));
  memory.reverse_bits = settings.choice_index(prefix + "bit_order") == 1;
  memory.first_element = static_cast<ElementOrder>(settings.choice_index(prefix + "first_element"));
  memory.padding = settings.integer(prefix + "padding");
  memory.banks = static_cast<int>(settings.integer(prefix + "banks"));
  memory.lanes = static_cast<int>(settings.integer(prefix + "lanes"));
  memory.interleave = static_cast<Interleave>(settings.choice_index(prefix + "interleave"));
  memory.base = settings.integer(prefix + "base");
  memory.align = settings.integer(prefix + "align");
  memory.depth = settings.integer(prefix + "depth");
  if (kind == MemoryKind::kWeights) {
    memory.element_bits = static_cast<int>(settings.integer(prefix + "element_bits"));
    memory.aligned_beats = settings.choice(prefix + "beats") == "aligned";
  }
  if (kind == MemoryKind::kActivations || kind == MemoryKind::kExpected)
    memory.all_ops = settings.choice(prefix + "tensors") == "all";
  return memory;
}

void check_memory(const Settings& settings, MemoryKind kind, const MemoryLayout& memory) {
  const std::string prefix = "memories." + to_string(kind) + ".";
  if (memory.word_bits % 8 != 0)
    throw settings.error(prefix + "word_bits", "a multiple of 8 up to 1024, or 0");
  if (memory.word_bits % (8 * memory.lanes) != 0)
    throw settings.error(
        prefix + "lanes",
        fmt::format("a number that cuts words of {} bits into whole bytes", memory.word_bits));
  if (memory.base % memory.banks != 0)
    throw settings.error(prefix + "base", fmt::format("a multiple of the {} banks", memory.banks));
  if (memory.banks > 1 && memory.align % memory.banks != 0)
    throw settings.error(prefix + "align", fmt::format("a multiple of the {} banks", memory.banks));
}

}  // namespace

std::string to_string(MemoryKind kind) { return kMemoryNames[static_cast<std::size_t>(kind)]; }

const KeyTable& image_layout_keys() {
  static const KeyTable keys = make_keys();
  return keys;
}

ImageLayout parse_image_layout(const Settings& settings, const Geometry& geometry,
                               int weight_bits) {
  ImageLayout layout;
  layout.name = settings.text("name");
  layout.split_ops = settings.choice("split") == "op";
  layout.formats = parse_formats(settings);
  layout.c_alignment = static_cast<int>(settings.integer("c_alignment"));
  if ((layout.c_alignment & (layout.c_alignment - 1)) != 0)
    throw settings.error("c_alignment", "a power of two");
  for (std::size_t i = 0; i < kMemoryKinds; ++i) {
    const auto kind = static_cast<MemoryKind>(i);
    MemoryLayout& memory = layout.memories[i] = parse_memory(settings, kind);
    if (kind == MemoryKind::kWeights && memory.element_bits == 0) memory.element_bits = weight_bits;
    if (memory.word_bits == 0) {
      const int part = 8 * memory.lanes;
      memory.word_bits = array_word_bits(kind, memory.element_bits, geometry);
      memory.word_bits = (memory.word_bits + part - 1) / part * part;
    }
    check_memory(settings, kind, memory);
  }
  return layout;
}

}  // namespace systole
