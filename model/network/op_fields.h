// op_fields.h: typed access to one op's entry in network.yaml and its tensors; private to
// model/network/.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "model/config/value.h"
#include "model/network/network.h"
#include "model/tensor/safetensors.h"

namespace systole {

/// One op of a bundle's list. Every accessor throws InputError at the entry's line.
class OpFields {
 public:
  OpFields(Value yaml, const SafetensorsFile& tensors)
      : yaml_(std::move(yaml)), tensors_(tensors) {}

  const Value& yaml() const { return yaml_; }
  bool has(std::string_view key) const { return yaml_.find(key).has_value(); }
  std::size_t operand_count() const { return yaml_.get("inputs").items().size(); }

  /// `name`, `op` and `inputs` are always known.
  void expect_keys(std::vector<std::string> keys) const;

  /// The tensor that `key` names, finite, of `rank` axes without a zero extent.
  FloatTensor floats(std::string_view key, std::size_t rank) const;
  /// Of 1 to 5 axes.
  FloatTensor floats(std::string_view key) const { return floats(key, kAnyRank); }
  /// The same, or an empty tensor when the key is absent.
  FloatTensor optional_floats(std::string_view key, std::size_t rank) const;
  Tensor<double> doubles(std::string_view key, std::size_t rank) const;
  /// The tensor that `key` names, every value in `range`.
  IntTensor integers(std::string_view key, std::size_t rank, const IntRange& range) const;
  IntTensor integers(std::string_view key, const IntRange& range) const {
    return integers(key, kAnyRank, range);
  }
  Tensor<std::int64_t> integers64(std::string_view key, std::size_t rank) const;

  /// Stride, dilation and padding, absent ones at their defaults, with this kernel.
  Window window(std::array<std::int64_t, 2> kernel) const;
  /// The same with the key `kernel`.
  Window pool_window() const;
  /// Groups that divide the output channels of an HWIO weight.
  Conv2dParams conv2d(const Shape& weight) const;
  /// `amounts`: [before, after] per axis without the batch.
  std::vector<std::array<std::int64_t, 2>> amounts() const;
  std::int64_t integer_or(std::string_view key, std::int64_t absent, const IntRange& range) const;

  /// The error at `key`: got `got`, expected `expected`.
  InputError error(std::string_view key, const std::string& got, const std::string& expected,
                   const std::string& hint = "") const;

 private:
  static constexpr std::size_t kAnyRank = 0;

  template <class T>
  Tensor<T> finite(std::string_view key, const std::string& name, Tensor<T> tensor) const;
  /// The checked name of the tensor behind `key`, which holds reals or integers.
  std::string tensor_name(std::string_view key, std::size_t rank, bool reals) const;

  Value yaml_;
  const SafetensorsFile& tensors_;
};

/// Checks that the tensor of this name holds reals, or that it holds integers.
void expect_kind(const Value& name, const SafetensorsFile& tensors, bool reals);

/// A scale: a number above 0.
double read_scale(const Value& value);

/// A sequence of N integers in `range`.
template <std::size_t N>
std::array<std::int64_t, N> read_integers(const Value& value, const IntRange& range) {
  const std::vector<Value> items = value.items();
  if (items.size() != N) throw value.error(std::to_string(N) + " integers");
  std::array<std::int64_t, N> result;
  for (std::size_t i = 0; i < N; ++i) result[i] = items[i].as_int(range.lo, range.hi);
  return result;
}

}  // namespace systole
