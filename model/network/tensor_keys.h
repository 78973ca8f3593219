// tensor_keys.h: the tensors of one op in a bundle; private to model/network/.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/network/bundle_ops.h"
#include "model/tensor/safetensors.h"

namespace systole {

template <class T>
Tensor<T> vector_tensor(const std::vector<T>& values) {
  return {{std::ssize(values)}, values};
}

/// Appends the tensors of one op, and returns the keys that name them.
struct TensorKeys {
  const std::string& op;
  std::vector<SafetensorsEntry>& tensors;

  std::string name(std::string_view key) const { return fmt::format("{}.{}", op, key); }
  std::string add(std::string_view key, const FloatTensor& tensor) const {
    if (tensor.shape.empty()) return "";
    tensors.push_back(encode(name(key), tensor));
    return fmt::format(", {}: {}", key, name(key));
  }
  std::string add(std::string_view key, const Tensor<double>& tensor) const {
    if (tensor.data.empty()) return "";
    tensors.push_back(encode(name(key), tensor));
    return fmt::format(", {}: {}", key, name(key));
  }
  std::string add(std::string_view key, const IntTensor& tensor) const {
    tensors.push_back(encode_narrow(name(key), tensor));
    return fmt::format(", {}: {}", key, name(key));
  }
};

}  // namespace systole
