// digest.cpp: reads files and folders for their digests.
#include "sim/dut/digest.h"

#include <fstream>
#include <iterator>
#include <set>

#include "model/tensor/sha256.h"

namespace systole::dut {

namespace fs = std::filesystem;

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in || !fs::is_regular_file(file)) return "";
  std::string text(static_cast<std::size_t>(in.tellg()), '\0');
  in.seekg(0);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::string digest_of_file(const fs::path& file) {
  return fs::is_regular_file(file) ? sha256(read_text(file)) : kAbsent;
}

std::string digest_of_list(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    names.insert(entry.path().filename().string());
  }
  if (error) return kAbsent;
  std::string list;
  for (const std::string& name : names) list += name + '\n';
  return sha256(list);
}

}  // namespace systole::dut
