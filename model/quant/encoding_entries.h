// encoding_entries.h: single entries of AIMET's encoding files; private to model/quant.
#pragma once

#include <fmt/format.h>

#include <string>

#include "model/config/error.h"
#include "model/quant/encodings_json.h"
#include "model/quant/json_field.h"

namespace systole {

/// The list of one tensor's groups in a 0.6.1 file.
EncodingEntry read_entry_061(const JsonField& list, const std::string& name, EncodingRole role);
/// An object of a 1.0.0 file's lists.
EncodingEntry read_entry_100(const JsonField& entry, EncodingRole role, const TensorShapes& shapes);
/// An object of a 2.0.0 file's list.
EncodingEntry read_entry_200(const JsonField& entry);

/// `run()`, whose complaints know the tensor, with the file and the entry in front.
template <class Run>
auto located(const JsonField& entry, Run run) {
  try {
    return run();
  } catch (const InputError& error) {
    throw InputError({entry.file}, fmt::format("{}: {}", entry.key, error.what()));
  }
}

}  // namespace systole
