// describe.h: the ops of a network as a line of text, and one of them by name.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "model/network/network.h"
#include "model/network/op_name.h"

namespace systole {

/// "conv:int_conv2d(x) quant:mul_quant(conv) ...".
inline std::string describe(const IntNetwork& network) {
  std::string text;
  for (const IntNode& node : network.nodes) {
    text += (text.empty() ? "" : " ") + node.name + ":" + std::string(op_name(node.op)) + "(";
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      text += (i == 0 ? "" : ",") + node.inputs[i];
    text += ")";
  }
  return text;
}

inline IntNode find_node(const IntNetwork& network, const std::string& name) {
  for (const IntNode& node : network.nodes)
    if (node.name == name) return node;
  ADD_FAILURE() << "no op " << name << " in " << describe(network);
  return network.nodes.front();
}

}  // namespace systole
