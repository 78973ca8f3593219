// identity.cpp: settings as text, files by digest.
#include "flows/regress/identity.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "model/tensor/sha256.h"

namespace systole::regress {

namespace fs = std::filesystem;

Identities::Identities() : program_(sha256_of_file("/proc/self/exe")) {}

std::string Identities::of(const RunConfig& config) {
  std::string text = "program " + program_ + "\n";
  for (const auto& [key, value] : config.settings.dump())
    if (key != "workers" && key != "checkpoint") text += key + "=" + value + "\n";
  text += "network " + of_path(config.network) + "\n";
  if (!config.inputs.file.empty()) text += "inputs " + of_path(config.inputs.file) + "\n";
  return sha256(text);
}

const std::string& Identities::of_path(const std::string& path) {
  const auto [found, is_new] = paths_.emplace(path, "");
  if (!is_new) return found->second;
  if (!fs::is_directory(path)) return found->second = sha256_of_file(path);
  std::vector<std::string> lines;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file())
      lines.push_back(entry.path().lexically_relative(path).string() + " " +
                      sha256_of_file(entry.path().string()) + "\n");
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line;
  return found->second = sha256(text);
}

}  // namespace systole::regress
