// op_fields.cpp: typed access to one op's entry in network.yaml and its tensors.
#include "model/network/op_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/nearest.h"

namespace systole {
namespace {

constexpr IntRange kExtents = {1, 65536};
constexpr IntRange kPaddings = {0, 65535};

}  // namespace

void OpFields::expect_keys(std::vector<std::string> keys) const {
  keys.insert(keys.begin(), {"name", "op", "inputs"});
  yaml_.expect_keys(keys);
}

template <class T>
Tensor<T> OpFields::finite(std::string_view key, const std::string& name, Tensor<T> tensor) const {
  const auto bad = std::find_if_not(tensor.data.begin(), tensor.data.end(),
                                    [](T value) { return std::isfinite(value); });
  if (bad != tensor.data.end())
    throw error(key,
                fmt::format("{} at {} of {}", *bad,
                            to_string(unravel(bad - tensor.data.begin(), tensor.shape)), name),
                "finite values");
  return tensor;
}

FloatTensor OpFields::floats(std::string_view key, std::size_t rank) const {
  const std::string name = tensor_name(key, rank, true);
  return finite(key, name, tensors_.read_float(name));
}

Tensor<double> OpFields::doubles(std::string_view key, std::size_t rank) const {
  const std::string name = tensor_name(key, rank, true);
  return finite(key, name, tensors_.read_double(name));
}

FloatTensor OpFields::optional_floats(std::string_view key, std::size_t rank) const {
  return has(key) ? floats(key, rank) : FloatTensor();
}

IntTensor OpFields::integers(std::string_view key, std::size_t rank, const IntRange& range) const {
  const std::string name = tensor_name(key, rank, false);
  const Tensor<std::int64_t> tensor = tensors_.read_int64(name);
  const auto bad = std::find_if_not(tensor.data.begin(), tensor.data.end(),
                                    [&](std::int64_t value) { return range.contains(value); });
  if (bad != tensor.data.end())
    throw error(key,
                fmt::format("{} at {} of {}", *bad,
                            to_string(unravel(bad - tensor.data.begin(), tensor.shape)), name),
                fmt::format("values in [{}, {}]", range.lo, range.hi));
  return {tensor.shape, std::vector<std::int32_t>(tensor.data.begin(), tensor.data.end())};
}

Tensor<std::int64_t> OpFields::integers64(std::string_view key, std::size_t rank) const {
  return tensors_.read_int64(tensor_name(key, rank, false));
}

Window OpFields::window(std::array<std::int64_t, 2> kernel) const {
  Window window{.kernel = kernel};
  if (const auto stride = yaml_.find("stride")) window.stride = read_integers<2>(*stride, kExtents);
  if (const auto dilation = yaml_.find("dilation"))
    window.dilation = read_integers<2>(*dilation, kExtents);
  if (const auto padding = yaml_.find("padding"))
    window.padding = read_integers<4>(*padding, kPaddings);
  return window;
}

Window OpFields::pool_window() const {
  return window(read_integers<2>(yaml_.get("kernel"), kExtents));
}

Conv2dParams OpFields::conv2d(const Shape& weight) const {
  Conv2dParams params{.window = window({weight[0], weight[1]})};
  params.groups = integer_or("groups", 1, kExtents);
  if (weight[3] % params.groups != 0)
    throw error("groups", fmt::format("{}", params.groups),
                fmt::format("a divisor of the weight's {} output channels", weight[3]));
  return params;
}

std::vector<std::array<std::int64_t, 2>> OpFields::amounts() const {
  std::vector<std::array<std::int64_t, 2>> amounts;
  for (const Value& pair : yaml_.get("amounts").items())
    amounts.push_back(read_integers<2>(pair, kPaddings));
  return amounts;
}

std::int64_t OpFields::integer_or(std::string_view key, std::int64_t absent,
                                  const IntRange& range) const {
  const auto value = yaml_.find(key);
  return value ? value->as_int(range.lo, range.hi) : absent;
}

InputError OpFields::error(std::string_view key, const std::string& got,
                           const std::string& expected, const std::string& hint) const {
  const Value value = yaml_.find(key).value_or(yaml_);
  return InputError({.where = value.location(),
                     .key = value.key(),
                     .got = got,
                     .expected = expected,
                     .hint = hint});
}

void expect_kind(const Value& name, const SafetensorsFile& tensors, bool reals) {
  const Dtype dtype = tensors.dtype(name.as_string());
  if (is_real(dtype) != reals)
    throw InputError({.where = name.location(),
                      .key = name.key(),
                      .got = fmt::format("{} of dtype {}", name.as_string(), dtype_name(dtype)),
                      .expected = reals ? "reals: F32, F64, F16 or BF16" : "an integer dtype"});
}

double read_scale(const Value& value) {
  const double scale = value.as_real();
  if (!(scale > 0)) throw value.error("a number above 0");
  return scale;
}

std::string OpFields::tensor_name(std::string_view key, std::size_t rank, bool reals) const {
  const Value value = yaml_.get(key);
  const std::string& name = value.as_string();
  if (!tensors_.contains(name))
    throw value.error(fmt::format("a tensor of {}", tensors_.path()),
                      did_you_mean(name, tensors_.names()));
  const Shape& shape = tensors_.shape(name);
  const bool fits = rank == kAnyRank ? !shape.empty() && shape.size() <= 5 : shape.size() == rank;
  if (!fits || element_count(shape) == 0)
    throw error(key, fmt::format("{} of shape {}", name, to_string(shape)),
                fmt::format("{} axes, none of them empty",
                            rank == kAnyRank ? "1 to 5" : std::to_string(rank)));
  expect_kind(value, tensors_, reals);
  return name;
}

}  // namespace systole
