// tiny_networks.h: integer networks of one op for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/network/network.h"
#include "model/network/quantization.h"

namespace systole {

/// `x` [shape] of `type` into one op named "op", which is the output.
inline IntNetwork one_op(Shape shape, IntType type, IntOp op, Quantization output = kAccumulator,
                         std::size_t operands = 1) {
  IntNetwork network;
  network.name = "one";
  network.inputs = {{.name = "x", .shape = std::move(shape), .quantization = {.type = type}}};
  network.outputs = {"op"};
  network.nodes.push_back({.name = "op",
                           .inputs = std::vector<std::string>(operands, "x"),
                           .op = std::move(op),
                           .output = output});
  return network;
}

}  // namespace systole
