// staged_directory.h: a directory that appears whole under its name or not at all.
#pragma once

#include <set>
#include <string>

namespace systole {

/// Files are written to a temporary directory beside `target`; `commit` renames it, replacing what
/// is there in one step. Without `commit` the destructor removes what was written.
class StagedDirectory {
 public:
  /// `files` are the names that will be written. Throws InputError when the parent cannot be
  /// created or written, or when `target` exists and holds anything else than such files, which
  /// replacing would lose.
  StagedDirectory(const std::string& target, std::set<std::string> files);
  StagedDirectory(const StagedDirectory&) = delete;
  StagedDirectory& operator=(const StagedDirectory&) = delete;
  ~StagedDirectory();

  /// The path at which to write one of the files.
  std::string file(const std::string& name) const;
  void commit();

 private:
  void check_target() const;

  std::string target_;
  std::set<std::string> files_;
  std::string staging_;  ///< Empty once committed.
};

}  // namespace systole
