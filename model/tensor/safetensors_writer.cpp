// safetensors_writer.cpp: encodes tensors and writes safetensors files.
#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "model/tensor/atomic_file.h"
#include "model/tensor/safetensors.h"

namespace systole {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as they are");

template <class To, class From>
std::string bytes_as(const Tensor<From>& tensor) {
  std::string bytes(static_cast<std::size_t>(tensor.size()) * sizeof(To), '\0');
  char* place = bytes.data();
  for (const From value : tensor.data) {
    const To narrow = static_cast<To>(value);
    std::memcpy(place, &narrow, sizeof(To));
    place += sizeof(To);
  }
  return bytes;
}

std::string encode_as(const IntTensor& tensor, Dtype dtype) {
  switch (dtype) {
    case Dtype::kU8:
      return bytes_as<std::uint8_t>(tensor);
    case Dtype::kI8:
      return bytes_as<std::int8_t>(tensor);
    case Dtype::kU16:
      return bytes_as<std::uint16_t>(tensor);
    case Dtype::kI16:
      return bytes_as<std::int16_t>(tensor);
    default:
      return bytes_as<std::int32_t>(tensor);  // The same bits as unsigned.
  }
}

[[maybe_unused]] bool all_names_differ(const std::vector<SafetensorsEntry>& entries) {
  std::set<std::string_view> names;
  for (const SafetensorsEntry& entry : entries) names.insert(entry.name);
  return names.size() == entries.size();
}

}  // namespace

Dtype narrowest_dtype(const IntType& type) {
  if (type.bits <= 8) return type.is_signed ? Dtype::kI8 : Dtype::kU8;
  if (type.bits <= 16) return type.is_signed ? Dtype::kI16 : Dtype::kU16;
  return type.is_signed ? Dtype::kI32 : Dtype::kU32;
}

IntType storage_type(const IntTensor& tensor) {
  const auto [lowest, highest] = std::minmax_element(tensor.data.begin(), tensor.data.end());
  for (const IntType type : {IntType{8, true}, IntType{8, false}, IntType{16, true}})
    if (tensor.size() > 0 && type.range().contains(*lowest) && type.range().contains(*highest))
      return type;
  return {.bits = 32, .is_signed = true};
}

SafetensorsEntry encode(std::string name, const IntTensor& tensor, const IntType& type) {
  assert(std::all_of(tensor.data.begin(), tensor.data.end(),
                     [&](std::int32_t value) { return type.range().contains(value); }));
  const Dtype dtype = narrowest_dtype(type);
  return {std::move(name), dtype, tensor.shape, encode_as(tensor, dtype)};
}

SafetensorsEntry encode(std::string name, const FloatTensor& tensor) {
  return {std::move(name), Dtype::kF32, tensor.shape, bytes_as<float>(tensor)};
}

SafetensorsEntry encode(std::string name, const Tensor<double>& tensor) {
  return {std::move(name), Dtype::kF64, tensor.shape, bytes_as<double>(tensor)};
}

SafetensorsEntry encode(std::string name, const Tensor<std::int64_t>& tensor) {
  return {std::move(name), Dtype::kI64, tensor.shape, bytes_as<std::int64_t>(tensor)};
}

void write_safetensors(const std::string& path, const std::vector<SafetensorsEntry>& entries,
                       const std::map<std::string, std::string>& metadata) {
  assert(all_names_differ(entries));
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t offset = 0;
  for (const SafetensorsEntry& entry : entries) {
    assert(entry.bytes.size() ==
           static_cast<std::size_t>(element_count(entry.shape) * dtype_bytes(entry.dtype)));
    header[entry.name] = {{"dtype", dtype_name(entry.dtype)},
                          {"shape", entry.shape},
                          {"data_offsets", {offset, offset + entry.bytes.size()}}};
    offset += entry.bytes.size();
  }

  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string length(8, '\0');
  const std::uint64_t size = text.size();
  std::memcpy(length.data(), &size, length.size());

  std::vector<std::string_view> pieces = {length, text};
  for (const SafetensorsEntry& entry : entries) pieces.emplace_back(entry.bytes);
  write_file_atomically(path, pieces);
}

}  // namespace systole
