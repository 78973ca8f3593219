// names.h: which names ops, inputs and sample sets may have.
#pragma once

#include <string>

#include "model/config/value.h"

namespace systole {

/// 1 to 200 letters, digits, `_`, `-`, `.`, `/` and `:`, a letter or `_` first; InputError
/// otherwise.
std::string read_name(const Value& value);
bool is_name(const std::string& text);

/// A name as part of a file's: `_` for `/` and `:`. Different names may give the same.
std::string file_text(std::string name);

/// A YAML scalar that reads back as `text`: plain where that is safe, else quoted.
std::string yaml_text(const std::string& text);

}  // namespace systole
