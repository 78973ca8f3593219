// decode.cpp: scatters elements to where tile_order.h says.
#include "sim/image/decode.h"

#include <fmt/format.h>

#include <numeric>
#include <utility>

#include "model/config/error.h"

namespace systole {
namespace {

/// Positions among fewer constants than an order has columns: one for all, one per token, or the
/// same ones for each item of a product of two activations.
void repeat(std::int64_t constants, const TileOrder& order, std::vector<std::int64_t>& positions) {
  const std::int64_t tokens = constants == 1 ? 1 : order.tokens;
  const std::int64_t per_token = constants / tokens;
  if (per_token == 0 || constants % tokens != 0 || order.channels % per_token != 0) return;
  for (std::int64_t& position : positions)
    if (position >= 0)
      position = position / order.channels % tokens * per_token + position % per_token;
}

/// For every element its position in the source; -1: none.
std::vector<std::int64_t> positions_of(const ImageTensor& tensor) {
  std::vector<std::int64_t> positions;
  if (!tensor.order) {
    positions.resize(static_cast<std::size_t>(tensor.count()));
    std::iota(positions.begin(), positions.end(), 0);
  } else if (tensor.name == "weight") {
    positions = weight_positions(*tensor.order);
  } else {
    positions = parameter_positions(*tensor.order);
    repeat(element_count(tensor.source.shape), *tensor.order, positions);
  }
  return positions;
}

InputError bad(const ImageTensor& tensor, std::size_t element, const std::string& got,
               const std::string& expected) {
  return InputError({.key = fmt::format("{} of {}: element {}", tensor.name, tensor.op, element),
                     .got = got,
                     .expected = expected});
}

template <class T>
void append(std::int64_t value, std::string& bytes) {
  const T narrow = static_cast<T>(value);
  bytes.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
}

bool append(std::int64_t value, Dtype dtype, std::string& bytes) {
  const auto as = [&]<class T>(T) {
    append<T>(value, bytes);
    return std::in_range<T>(value);
  };
  switch (dtype) {
    case Dtype::kU8:
      return as(std::uint8_t{});
    case Dtype::kI8:
      return as(std::int8_t{});
    case Dtype::kU16:
      return as(std::uint16_t{});
    case Dtype::kI16:
      return as(std::int16_t{});
    case Dtype::kI32:
      return as(std::int32_t{});
    case Dtype::kI64:
      return as(std::int64_t{});
    default:
      return false;  // Bundles have none of these for what memories hold.
  }
}

}  // namespace

SafetensorsEntry decode(const ImageTensor& tensor, const std::vector<std::int64_t>& elements) {
  const std::vector<std::int64_t> positions = positions_of(tensor);
  const auto count = static_cast<std::size_t>(element_count(tensor.source.shape));
  if (elements.size() != positions.size())
    throw bad(tensor, elements.size(), "the end", fmt::format("{} elements", positions.size()));
  std::vector<std::int64_t> values(count);
  std::vector<bool> is_known(count);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (positions[i] < 0) {
      if (elements[i] != 0)
        throw bad(tensor, i, std::to_string(elements[i]), "0, beyond the edges of the op");
      continue;
    }
    const auto at = static_cast<std::size_t>(positions[i]);
    if (at >= count)
      throw bad(tensor, i, fmt::format("position {}", at),
                fmt::format("a source of more than {} elements", count));
    if (is_known[at] && values[at] != elements[i])
      throw bad(tensor, i, std::to_string(elements[i]),
                fmt::format("{}, as in the copies before", values[at]));
    values[at] = elements[i];
    is_known[at] = true;
  }
  SafetensorsEntry entry{tensor.source.tensor, tensor.source.dtype, tensor.source.shape, {}};
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_known[i]) throw bad(tensor, i, "none", fmt::format("all of {}", tensor.source.tensor));
    if (!append(values[i], entry.dtype, entry.bytes))
      throw bad(tensor, i, std::to_string(values[i]),
                fmt::format("a value of {}", dtype_name(entry.dtype)));
  }
  return entry;
}

}  // namespace systole
