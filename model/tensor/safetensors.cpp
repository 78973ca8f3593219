// safetensors.cpp: tensors of an opened safetensors file.
#include "model/tensor/safetensors.h"

#include <fmt/format.h>

#include "model/config/error.h"
#include "model/config/nearest.h"
#include "model/tensor/elements.h"
#include "model/tensor/safetensors_header.h"

namespace systole {

SafetensorsFile::SafetensorsFile(const std::string& path) : path_(path), file_(path) {
  SafetensorsHeader header = parse_safetensors_header(path, file_.bytes());
  data_start_ = header.data_start;
  entries_ = std::move(header.entries);
  metadata_ = std::move(header.metadata);
}

std::vector<std::string> SafetensorsFile::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

const SafetensorsFile::Entry& SafetensorsFile::entry(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    throw InputError({.where = {path_},
                      .key = name,
                      .got = "no such tensor",
                      .expected = fmt::format("one of the file's {}", entries_.size()),
                      .hint = did_you_mean(name, names())});
  }
  return found->second;
}

const Shape& SafetensorsFile::shape(const std::string& name) const { return entry(name).shape; }

Dtype SafetensorsFile::dtype(const std::string& name) const { return entry(name).dtype; }

std::string_view SafetensorsFile::bytes(const std::string& name) const {
  const Entry& e = entry(name);
  return file_.bytes().substr(data_start_ + static_cast<std::size_t>(e.begin),
                              static_cast<std::size_t>(e.end - e.begin));
}

FloatTensor SafetensorsFile::read_float(const std::string& name) const {
  return to_float_tensor({{path_}, name, dtype(name), shape(name), bytes(name)});
}

Tensor<double> SafetensorsFile::read_double(const std::string& name) const {
  return to_double_tensor({{path_}, name, dtype(name), shape(name), bytes(name)});
}

IntTensor SafetensorsFile::read_int(const std::string& name) const {
  return to_int_tensor({{path_}, name, dtype(name), shape(name), bytes(name)});
}

Tensor<std::int64_t> SafetensorsFile::read_int64(const std::string& name) const {
  return to_int64_tensor({{path_}, name, dtype(name), shape(name), bytes(name)});
}

}  // namespace systole
