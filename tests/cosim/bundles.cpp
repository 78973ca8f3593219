// bundles.cpp: copies, textual edits, bytes.
#include "tests/cosim/bundles.h"

#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace systole::test {

namespace fs = std::filesystem;

void replace_once(const fs::path& file, const std::string& find, const std::string& replacement) {
  std::string text = read_text(file);
  const std::size_t at = text.find(find);
  ASSERT_NE(at, std::string::npos) << file << " has no: " << find;
  ASSERT_EQ(text.find(find, at + 1), std::string::npos) << find << " stands twice in " << file;
  write_text(file, text.replace(at, find.size(), replacement));
}

void copy_digits(const fs::path& directory) {
  fs::copy(SYSTOLE_SOURCE_DIR "/golden/digits", directory, fs::copy_options::recursive);
}

void copy_digits_without_relu(const fs::path& directory) {
  copy_digits(directory);
  const fs::path file = directory / "network.yaml";
  replace_once(file, "  - {name: block1.conv1.relu, op: relu, inputs: [block1.conv1.bn]}\n", "");
  replace_once(file, "[block1.conv1.relu]", "[block1.conv1.bn]");
}

void write_npy(const fs::path& file, const std::string& descr, const std::string& shape,
               const std::string& bytes) {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string start = "\x93NUMPY\x01";
  start += '\0';
  start += static_cast<char>(header.size() % 256);
  start += static_cast<char>(header.size() / 256);
  write_text(file, start + header + bytes);
}

}  // namespace systole::test
