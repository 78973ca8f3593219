// input_use.h: network inputs that are no values: ids and masks; private to model/fuse/.
#pragma once

#include <cstdint>
#include <string>

#include "model/network/network.h"
#include "model/quant/tensor_encoding.h"

namespace systole {

/// What a network input is for.
enum class InputUse : std::uint8_t {
  kValues,
  kIds,  ///< Embeddings read it, and nothing else: its numbers mean themselves.
  kMask  ///< Says which scores count, and nothing else: 0 or 1.
};
InputUse input_use(const FloatNetwork& network, const std::string& name);

/// Codes 0 and 1 that stand for themselves.
Encoding mask_encoding(const std::string& name);

/// Throws InputError, naming tensor and element, unless all elements are 0 or 1.
void expect_mask(const std::string& name, const FloatTensor& mask);

}  // namespace systole
