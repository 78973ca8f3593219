// atomic_file.h: writes a file so that a reader sees the old one or the new one, never a part.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace systole {

/// Writes the concatenation of `pieces` under a temporary name in the same folder, then renames it.
/// Throws InputError naming `path` when the folder does not exist or cannot be written.
void write_file_atomically(const std::string& path, std::span<const std::string_view> pieces);
void write_file_atomically(const std::string& path, std::string_view bytes);

}  // namespace systole
