// input_use.cpp: network inputs that are no values: ids and masks.
#include "model/fuse/input_use.h"

#include <fmt/format.h>

#include "model/config/error.h"

namespace systole {

InputUse input_use(const FloatNetwork& network, const std::string& name) {
  bool is_mask = false, is_id = false;
  for (const FloatNode& node : network.nodes)
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] != name) continue;
      if (std::holds_alternative<Embedding>(node.op))
        is_id = true;
      else if (std::holds_alternative<MaskScores>(node.op) && i == 1)
        is_mask = true;
      else
        return InputUse::kValues;
    }
  if (is_id == is_mask) return InputUse::kValues;
  return is_id ? InputUse::kIds : InputUse::kMask;
}

Encoding mask_encoding(const std::string& name) {
  return {.name = name,
          .spec = {.format = IntFormat{.bits = 1, .is_signed = false}},
          .scale = Tensor<double>({}, {1}),
          .zero_point = IntTensor({}, {0})};
}

void expect_mask(const std::string& name, const FloatTensor& mask) {
  for (std::int64_t i = 0; i < mask.size(); ++i)
    if (mask[i] != 0 && mask[i] != 1)
      throw InputError(
          {.key = name,
           .got = fmt::format("{} at element {}", mask[i], to_string(unravel(i, mask.shape))),
           .expected = "0 or 1 in a mask"});
}

}  // namespace systole
