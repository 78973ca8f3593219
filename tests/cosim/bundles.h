// bundles.h: networks and inputs for whole runs, made by editing copies and byte by byte.
#pragma once

#include <filesystem>
#include <string>

namespace systole::test {

/// Replaces the one occurrence of `find` in a text file. Fails the test when there is not just one.
void replace_once(const std::filesystem::path& file, const std::string& find,
                  const std::string& replacement);

/// Copies the embedded bundle to `directory`.
void copy_digits(const std::filesystem::path& directory);

/// The same without the ReLU behind block1.conv1: that op's codes are signed, or with the affine
/// recipe have a zero point other than 0.
void copy_digits_without_relu(const std::filesystem::path& directory);

/// Writes a NumPy array file: `descr` as "|u1", `shape` as "(1, 8, 8, 1)".
void write_npy(const std::filesystem::path& file, const std::string& descr,
               const std::string& shape, const std::string& bytes);

}  // namespace systole::test
