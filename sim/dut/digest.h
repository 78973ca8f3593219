// digest.h: SHA-256 of files that others may be writing, and of the list of a folder.
#pragma once

#include <filesystem>
#include <string>

namespace systole::dut {

/// Stands for a file or folder that is not there.
inline constexpr const char* kAbsent = "absent";

/// The content; empty when the file cannot be read. Not mapped into memory: a mapped file that
/// someone truncates would end this process.
std::string read_text(const std::filesystem::path& file);
std::string digest_of_file(const std::filesystem::path& file);
/// Of the sorted names in `folder`.
std::string digest_of_list(const std::filesystem::path& folder);

}  // namespace systole::dut
