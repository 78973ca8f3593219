// manifest.h: which files a design was built from, with digests: what a cache lookup compares.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sim/dut/file_names.h"

namespace systole::dut {

/// All names are FileNames'.
struct Manifest {
  std::string entry;                           ///< Key of the built design.
  std::map<std::string, std::string> files;    ///< Read by Verilator or the compiler.
  std::map<std::string, std::string> folders;  ///< Searched for them: digests of their lists.
};

/// Digests of files, each computed once. Absent files and folders have the digest "absent".
class Digests {
 public:
  explicit Digests(const FileNames& names) : names_(names) {}
  const std::string& of_file(const std::string& name);
  /// Of the names in a folder: a file added to it could hide another one.
  const std::string& of_folder(const std::string& name);
  bool hold(const Manifest& manifest);

 private:
  const FileNames& names_;
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> folders_;
};

/// Folders in which a new file could hide one of `files`: the search folders, and below them the
/// folders that a file was found in.
std::vector<std::string> shadowing_folders(const std::vector<std::string>& files,
                                           const std::vector<std::string>& search_folders);

/// The manifests of one first-level key, newest first; none when the file is absent or damaged.
std::vector<Manifest> read_manifests(const std::filesystem::path& file);

/// Puts `manifest` before the others and drops the oldest beyond a fixed number.
void add_manifest(const std::filesystem::path& file, const Manifest& manifest);

}  // namespace systole::dut
