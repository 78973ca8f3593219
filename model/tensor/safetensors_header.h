// safetensors_header.h: the checked header of a safetensors file.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/tensor/safetensors.h"

namespace systole {

struct SafetensorsHeader {
  std::size_t data_start = 0;  ///< Bytes before the first tensor's.
  std::map<std::string, SafetensorsFile::Entry> entries;
  std::map<std::string, std::string> metadata;
};

/// Reads and checks the header of the file `path`, whose whole content is `bytes`.
SafetensorsHeader parse_safetensors_header(const std::string& path, std::string_view bytes);

}  // namespace systole
