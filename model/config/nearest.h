// nearest.h: the known name that a mistyped one most likely means.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace systole {

/// The name of `known` with the smallest edit distance to `name`, the first of equals; empty when
/// every name differs in more than half of its letters.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// "did you mean X?", or empty when no known name is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

}  // namespace systole
