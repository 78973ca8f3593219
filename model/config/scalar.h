// scalar.h: the plain scalars of YAML 1.2's core schema, read strictly.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace systole {

/// `[-+]?[0-9]+`, `0x[0-9a-fA-F]+` or `0o[0-7]+` that fits 64 bits signed.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A finite decimal number: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
std::optional<double> parse_real(std::string_view text);

/// true, True, TRUE, false, False or FALSE.
std::optional<bool> parse_boolean(std::string_view text);

}  // namespace systole
