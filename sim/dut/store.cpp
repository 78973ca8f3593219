// store.cpp: locks, temporary folders and entries of the cache.
#include "sim/dut/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "model/config/error.h"
#include "model/tensor/atomic_file.h"
#include "sim/dut/digest.h"

namespace systole::dut {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

InputError cache_error(const fs::path& path, const std::string& reason) {
  return InputError({.where = {path.string()},
                     .key = "cache",
                     .got = reason,
                     .expected = "a folder that can be written",
                     .hint = "set SYSTOLE_CACHE to another one"});
}

bool is_same_file(int descriptor, const fs::path& file) {
  struct stat opened = {};
  struct stat named = {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(file.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

fs::path cache_root() {
  const auto value = [](const char* name) {
    const char* text = std::getenv(name);
    return fs::path(text ? text : "");
  };
  if (const fs::path own = value("SYSTOLE_CACHE"); !own.empty()) return fs::absolute(own);
  if (const fs::path xdg = value("XDG_CACHE_HOME"); !xdg.empty())
    return fs::absolute(xdg) / "systole";
  if (const fs::path home = value("HOME"); !home.empty())
    return fs::absolute(home) / ".cache" / "systole";
  throw InputError({.where = {},
                    .key = "SYSTOLE_CACHE",
                    .got = "no value, and no HOME",
                    .expected = "the folder for built designs"});
}

void make_cache_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw cache_error(folder, error.message());
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileLock FileLock::wait(const fs::path& file, const std::function<void()>& poll) {
  while (true) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) throw cache_error(file, std::strerror(errno));
    FileLock lock(descriptor);
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR) throw cache_error(file, std::strerror(errno));
      if (poll) poll();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (is_same_file(descriptor, file)) return lock;
  }
}

std::optional<FileLock> FileLock::try_lock(const fs::path& file, int operation) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  FileLock lock(descriptor);
  if (::flock(descriptor, operation | LOCK_NB) != 0) return std::nullopt;
  if (!is_same_file(descriptor, file)) return std::nullopt;
  return lock;
}

std::optional<FileLock> FileLock::try_exclusive(const fs::path& file) {
  return try_lock(file, LOCK_EX);
}

std::optional<FileLock> FileLock::try_shared(const fs::path& file) {
  return try_lock(file, LOCK_SH);
}

TemporaryFolder::TemporaryFolder(const fs::path& cache) {
  static std::atomic<unsigned> count = 0;
  make_cache_folder(cache / "tmp");
  // Under the lock no `prune` sees a folder whose owner has not locked it yet.
  const FileLock making = FileLock::wait(cache / "tmp.lock", {});
  std::error_code error;
  do {
    path_ = cache / "tmp" / fmt::format("{}-{}", ::getpid(), count++);
    if (!fs::create_directory(path_, error) && error) throw cache_error(path_, error.message());
  } while (fs::exists(path_ / kOwnerLock, error));
  lock_.emplace(FileLock::wait(path_ / kOwnerLock, {}));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void publish(const fs::path& folder, const fs::path& target, json description) {
  json& files = description["files"] = json::object();
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    files[file.path().filename().string()] = digest_of_file(file.path());
  }
  write_file_atomically((folder / kEntryFile).string(), description.dump(1) + "\n");
  make_cache_folder(target.parent_path());
  std::error_code error;
  fs::rename(folder, target, error);
  if (error && !is_intact(target)) throw cache_error(target, error.message());
}

bool is_intact(const fs::path& entry) try {
  std::ifstream in(entry / kEntryFile);
  if (!in) return false;
  const json description = json::parse(in);
  for (const auto& [name, digest] : description.at("files").items()) {
    if (digest_of_file(entry / name) != digest.get<std::string>()) return false;
  }
  return true;
} catch (const std::exception&) {  // Unreadable or not ours: as good as damaged.
  return false;
}

std::optional<FileLock> use_entry(const fs::path& entry) {
  auto lock = FileLock::try_shared(entry / kEntryFile);
  if (!lock || !is_intact(entry)) return std::nullopt;
  ::utimensat(AT_FDCWD, (entry / kEntryFile).c_str(), nullptr, 0);  // Fails where it cannot matter.
  return lock;
}

void remove_entry(const fs::path& cache, const fs::path& entry) {
  const TemporaryFolder grave(cache);
  std::error_code ignored;  // Another process may be removing it too.
  fs::rename(entry, grave.path() / "removed", ignored);
}

}  // namespace systole::dut
