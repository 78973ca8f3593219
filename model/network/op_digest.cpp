// op_digest.cpp: the bundle's text and tensors, hashed.
#include "model/network/op_digest.h"

#include <fmt/format.h>

#include "model/network/bundle_ops.h"
#include "model/network/op_name.h"
#include "model/tensor/sha256.h"

namespace systole {

std::string op_digest(const IntNode& node) {
  std::vector<SafetensorsEntry> tensors;
  const std::string attributes = write_op(node, tensors);
  std::string text = fmt::format("{} {}{}\n", node.name, op_name(node.op), attributes);
  for (const SafetensorsEntry& tensor : tensors)
    text += fmt::format("{} {} {} {}\n", tensor.name, static_cast<int>(tensor.dtype),
                        to_string(tensor.shape), sha256(tensor.bytes));
  return sha256(text);
}

}  // namespace systole
