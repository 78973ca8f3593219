// file_names.cpp: paths to names and back.
#include "sim/dut/file_names.h"

#include <optional>
#include <utility>

#include "sim/dut/config.h"

namespace systole::dut {

namespace fs = std::filesystem;

namespace {

/// `path` relative to `folder`, when it lies in it.
std::optional<std::string> below(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  if (relative.empty() || *relative.begin() == "..") return std::nullopt;
  return relative.string();
}

}  // namespace

FileNames::FileNames(const fs::path& rtl, const fs::path& adapter_folder)
    : rtl_(fs::absolute(rtl).lexically_normal()),
      adapter_(fs::absolute(adapter_folder).lexically_normal()) {}

std::string FileNames::name(const fs::path& path) const {
  // A relative path keeps its "..": the tree's copies have the same neighbours or none.
  if (path.is_relative()) return "rtl:" + path.lexically_normal().string();
  const fs::path normal = path.lexically_normal();
  if (const auto relative = below(normal, source_root() / "sim")) return "systole:" + *relative;
  if (const auto relative = below(normal, rtl_)) return "rtl:" + *relative;
  if (const auto relative = below(normal, adapter_)) return "adapter:" + *relative;
  return normal.string();
}

fs::path FileNames::resolve(const std::string& name) const {
  for (const auto& [tree, folder] :
       {std::pair{std::string("rtl:"), rtl_}, std::pair{std::string("adapter:"), adapter_},
        std::pair{std::string("systole:"), source_root() / "sim"}}) {
    if (name.starts_with(tree)) return folder / name.substr(tree.size());
  }
  return name;
}

}  // namespace systole::dut
