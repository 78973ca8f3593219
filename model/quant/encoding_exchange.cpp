// encoding_exchange.cpp: a network's quantizers as a file of encodings, and numbers from such a
// file.
#include "model/quant/encoding_exchange.h"

namespace systole {
namespace {

/// A mask's codes mean themselves: there is nothing to choose, and such files have no single bits.
bool is_mask(const Encoding& encoding) {
  const auto* format = std::get_if<IntFormat>(&encoding.spec.format);
  return format != nullptr && format->bits == 1;
}

}  // namespace

EncodingsFile to_encodings_file(const EncodedNetwork& encoded, AimetVersion version) {
  EncodingsFile file{.version = version, .entries = {}};
  for (const auto& [name, encoding] : encoded.tensors) {
    if (is_mask(encoding)) continue;
    file.entries.push_back({.encoding = encoding, .role = EncodingRole::kActivation});
    file.entries.back().encoding.name = name;
  }
  for (const auto& [op, weight] : encoded.weights) {
    EncodingEntry entry{.encoding = weight.encoding, .role = EncodingRole::kParameter};
    entry.encoding.name = op + ".weight";
    if (auto* channel = std::get_if<PerChannel>(&entry.encoding.spec.granularity))
      channel->axis = 0;
    file.entries.push_back(std::move(entry));
  }
  return file;
}

std::vector<NamedLiteral> literals_of(const std::string& path) {
  std::vector<NamedLiteral> literals;
  for (const EncodingEntry& entry : load_encodings(path).entries) {
    const Encoding& encoding = entry.encoding;
    LiteralQuantizer literal{.format = std::get<IntFormat>(encoding.spec.format),
                             .granularity = encoding.spec.granularity,
                             .rounding = encoding.spec.rounding,
                             .scale = steps(encoding).data,
                             .zero_point = encoding.zero_point.data};
    if (std::holds_alternative<PerChannel>(literal.granularity))
      literal.granularity = PerChannel{.axis = -1};
    literals.push_back({.file = path, .name = encoding.name, .quantizer = std::move(literal)});
  }
  return literals;
}

}  // namespace systole
