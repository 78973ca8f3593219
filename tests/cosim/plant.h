// plant.h: copies of the RTL with a fault in them.
#pragma once

#include <filesystem>
#include <string>

namespace systole::test {

/// Copies the RTL to `directory` with one occurrence of `find` in `file` replaced.
void plant(const std::filesystem::path& directory, const std::string& file, const std::string& find,
           const std::string& replacement);

/// The same with the fault that tests/cosim/faults/`name`.yaml describes.
void plant(const std::filesystem::path& directory, const std::string& name);

}  // namespace systole::test
