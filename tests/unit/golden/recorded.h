// recorded.h: a tiny network and tensors that its tool is said to have recorded.
#pragma once

#include "model/network/batch.h"
#include "model/network/network.h"

namespace systole {

inline constexpr IntType kInt8 = {8, true};

/// image [2] int8 -> acc = image * [[1, 2], [3, 4]] -> quant = acc / 2, half away from zero ->
/// pinned to [-20, 20] -> reals = (quant - 1) / 2.
inline IntNetwork tiny() {
  const Quantization out = {.scale = 0.5, .zero_point = 1, .type = kInt8};
  IntNetwork network;
  network.name = "tiny";
  network.inputs = {{.name = "image", .shape = {2}, .quantization = {.type = kInt8}}};
  network.nodes = {
      {.name = "acc",
       .inputs = {"image"},
       .op = IntMatmul{.weight = IntTensor({2, 2}, std::vector<std::int32_t>{1, 2, 3, 4})},
       .output = {.type = {32, true}}},
      {.name = "quant",
       .inputs = {"acc"},
       .op = Requantise{.dialect = DoubleScale{{0.5}}, .zero_point = 1, .clamp = {-128, 127}},
       .output = out},
      {.name = "pinned", .inputs = {"quant"}, .op = IntClamp{{-20, 20}}, .output = out},
      {.name = "reals",
       .inputs = {"pinned"},
       .op = Dequantize{.operand = out},
       .output = {},
       .is_float = true}};
  network.outputs = {"reals"};
  return network;
}

/// Two samples, worked out by hand.
inline AnyTensors recorded() {
  return {{"image", IntTensor({2, 2}, {1, 2, -3, 10})},
          {"acc", IntTensor({2, 2}, {7, 10, 27, 34})},
          {"quant", IntTensor({2, 2}, {5, 6, 15, 18})},
          {"pinned", IntTensor({2, 2}, {5, 6, 15, 18})},
          {"reals", FloatTensor({2, 2}, {2, 2.5F, 7, 8.5F})}};
}

}  // namespace systole
