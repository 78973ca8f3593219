// two_products.h: a network of two products, small enough to be worked out by hand.
#pragma once

#include <vector>

#include "golden/trace.h"
#include "model/network/network.h"

namespace systole::test {

inline constexpr Quantization kCodes = {.zero_point = 5, .type = {8, false}};
inline constexpr Quantization kSums = {.type = {32, true}};

/// Zero point 5, pixels of 2 channels; less it (1, -1) (2, 0) (0, 3).
inline const AnyTensors kImage = {
    {"image", IntTensor({1, 1, 3, 2}, std::vector<std::int32_t>{6, 4, 7, 5, 5, 8})}};

/// A 1x2 convolution whose zero point is left to a bias, padded to the right; beside it a product
/// of the flattened codes of at least 5 that subtracts the zero point.
inline IntNetwork two_products() {
  IntNetwork network;
  network.name = "two";
  network.inputs = {{.name = "image", .shape = {1, 3, 2}, .quantization = kCodes}};
  const Window window = {.kernel = {1, 2}, .padding = {0, 0, 0, 1}};
  network.nodes = {
      {.name = "block/conv",
       .inputs = {"image"},
       .op = IntConv2d{.params = {.window = window, .pad_value = 5},
                       .weight = IntTensor({1, 2, 2, 2},
                                           std::vector<std::int32_t>{1, 2, 3, 4, 5, 6, 7, 8})},
       .output = kSums},
      {.name = "flat", .inputs = {"image"}, .op = IntFlatten{}, .output = kCodes},
      {.name = "pinned", .inputs = {"flat"}, .op = IntClamp{{5, 255}}, .output = kCodes},
      {.name = "fc",
       .inputs = {"pinned"},
       .op = IntMatmul{.weight = IntTensor(
                           {6, 2}, std::vector<std::int32_t>{1, -1, 2, 0, 3, 1, 4, 2, 5, -2, 6, 3}),
                       .input_zero_point = 5},
       .output = kSums}};
  network.outputs = {"block/conv", "fc"};
  return network;
}

inline Trace run(const IntNetwork& network, const AnyTensors& inputs) {
  return record_trace(network, "hash", inputs);
}

}  // namespace systole::test
