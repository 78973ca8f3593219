// meaning.h: what a lowered tensor of integers stands for.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "model/ops/requantise/torch2chip.h"
#include "model/tensor/any_tensor.h"

namespace systole {

/// The integers of the faithful tensor of the same name.
struct SameCodes {};
/// Sums of raw codes: the faithful tensor `name` plus `offsets[channel]` (one, or one per channel).
struct OffsetSums {
  std::string name;
  std::vector<std::int64_t> offsets;
};
/// The reals of the faithful tensor of the same name, as `rule` brings them to codes.
struct CodedReals {
  QuantizeReal rule;
};
/// What a lowered tensor of integers stands for in the faithful network.
using Meaning = std::variant<SameCodes, OffsetSums, CodedReals>;

/// The name of the faithful tensor that the lowered one `lowered` stands for.
std::string faithful_name(const std::string& lowered, const Meaning& meaning);

/// That faithful tensor in the integers of the lowered one.
IntTensor as_lowered(const AnyTensor& faithful, const Meaning& meaning);

}  // namespace systole
