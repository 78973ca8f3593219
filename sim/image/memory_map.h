// memory_map.h: a manifest for people and for C programs.
#pragma once

#include <string>

#include "sim/image/manifest.h"

namespace systole {

/// memory-map.md: every memory, its files and its tensors, and how elements lie in words.
std::string memory_map_text(const Manifest& manifest);

/// A picture of the memories: a bar per memory, cut where its ops begin and end.
std::string memory_map_svg(const Manifest& manifest);

/// memory-map.h: the tensors as tables of constants, for loaders without JSON.
std::string memory_map_header(const Manifest& manifest);

/// "2848 of 4096 words of 128 bits, 44.5 KiB, 4 banks".
std::string memory_size_text(const StoredMemory& memory);

}  // namespace systole
