// staged_directory.cpp: a directory that appears whole under its name or not at all.
#include "model/network/staged_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "model/config/error.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

InputError system_error(const std::string& path, const std::string& action) {
  return InputError(path, "cannot " + action + ": " + std::strerror(errno));
}

std::string without_trailing_slash(const std::string& path) {
  const fs::path plain = fs::path(path).lexically_normal();
  return (plain.has_filename() ? plain : plain.parent_path()).string();
}

}  // namespace

StagedDirectory::StagedDirectory(const std::string& target, std::set<std::string> files)
    : target_(without_trailing_slash(target)), files_(std::move(files)) {
  check_target();
  std::error_code error;
  const fs::path parent = fs::path(target_).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  std::string pattern = (parent / ".systole-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw system_error(target_, "write here");
  // mkdtemp makes directories private; the finished one gets the usual rights.
  const mode_t mask = umask(0);
  umask(mask);
  chmod(pattern.c_str(), 0777 & ~mask);
  staging_ = pattern;
}

StagedDirectory::~StagedDirectory() {
  std::error_code ignored;
  if (!staging_.empty()) fs::remove_all(staging_, ignored);
}

std::string StagedDirectory::file(const std::string& name) const {
  assert(files_.contains(name));
  return (fs::path(staging_) / name).string();
}

void StagedDirectory::commit() {
  if (std::rename(staging_.c_str(), target_.c_str()) != 0) {
    // Not empty: swap both, then remove the old one.
    const int swapped =
        renameat2(AT_FDCWD, staging_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE);
    if (swapped != 0) throw system_error(target_, "replace this directory");
    std::error_code ignored;
    fs::remove_all(staging_, ignored);
  }
  staging_.clear();
}

void StagedDirectory::check_target() const {
  std::error_code error;
  const fs::file_status status = fs::status(target_, error);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status))
    throw InputError({.where = target_, .got = "a file", .expected = "a directory or nothing"});
  for (const fs::directory_entry& entry : fs::directory_iterator(target_, error)) {
    const std::string name = entry.path().filename().string();
    if (!files_.contains(name))
      throw InputError({.where = target_,
                        .got = "a directory that holds " + name,
                        .expected = "an empty one or nothing",
                        .hint = "name another directory, or remove this one"});
  }
  if (error) throw system_error(target_, "read this directory");
}

}  // namespace systole
