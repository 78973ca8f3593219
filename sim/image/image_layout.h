// image_layout.h: which memories an export has and how they are filled; parsed from a layout file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/config/settings.h"
#include "sim/channel/beats.h"
#include "sim/image/format.h"
#include "sim/image/packing.h"

namespace systole {

enum class MemoryKind {
  kWeights,      ///< Of every product, in the order of the weight beats.
  kParameters,   ///< Biases, scales and shifts, in the order of the parameter beats.
  kActivations,  ///< Tensors that the array reads.
  kExpected,     ///< Golden tensors that it must give.
  kDescriptors,  ///< The passes of one inference: a command each.
};
inline constexpr std::array kMemoryNames = {"weights", "parameters", "activations", "expected",
                                            "descriptors"};
inline constexpr std::size_t kMemoryKinds = kMemoryNames.size();

std::string to_string(MemoryKind kind);

enum class Interleave {
  kWord,   ///< Word i lies in bank i % banks.
  kBlock,  ///< Every bank has one run of words.
};

/// One memory. Addresses count its words.
struct MemoryLayout {
  bool include = true;
  int word_bits = 0;  ///< A multiple of 8 in [8, 1024].
  ByteOrder byte_order = ByteOrder::kLittle;
  bool reverse_bits = false;
  ElementOrder first_element = ElementOrder::kFirstLow;
  std::int64_t padding = 0;   ///< What slots without an element hold; between tensors it is 0.
  bool aligned_beats = true;  ///< Weights: each beat of `cols` weights begins with a word.
  int element_bits = 0;       ///< Of weights.
  bool all_ops = false;       ///< Activations, expected: of all ops, not of the network's ends.
  int banks = 1;              ///< Memories that the words are spread over.
  int lanes = 1;              ///< Memories that each word is cut into, lowest bits first.
  Interleave interleave = Interleave::kWord;
  std::int64_t base = 0;   ///< Address of the first word; a multiple of `banks`.
  std::int64_t align = 1;  ///< Tensors begin at its multiples; a multiple of `banks`.
  std::int64_t depth = 0;  ///< Words from `base` on that the memory has; 0: as many as needed.
};

struct ImageLayout {
  std::string name;
  bool split_ops = true;  ///< A file per op, or one per memory.
  std::vector<ImageFormat> formats;
  int c_alignment = 8;  ///< Of arrays in C headers, in bytes.
  std::array<MemoryLayout, kMemoryKinds> memories;
};

inline constexpr int kImageLayoutVersion = 1;

/// The keys of a layout file.
const KeyTable& image_layout_keys();

/// What is not given is as the array and the network have it: words of a beat of weights or
/// descriptors, a row of bytes of activations, a row of expected sums, 64 bits of parameters, and
/// weights of `weight_bits`. Throws InputError on widths, banks, lanes and addresses that do not
/// fit together.
ImageLayout parse_image_layout(const Settings& settings, const Geometry& geometry, int weight_bits);

}  // namespace systole
