// store.h: the folders of the cache on disk: locks, temporary folders, finished entries.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace systole::dut {

/// $SYSTOLE_CACHE, else $XDG_CACHE_HOME/systole, else ~/.cache/systole.
std::filesystem::path cache_root();

/// Makes `folder`. Throws InputError naming the cache when that is impossible.
void make_cache_folder(const std::filesystem::path& folder);

/// An advisory lock on a file, held until destruction and by this object alone.
class FileLock {
 public:
  FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

  /// Waits for an exclusive lock on `file`, which is made; calls `poll` meanwhile, which may throw.
  static FileLock wait(const std::filesystem::path& file, const std::function<void()>& poll);
  /// An exclusive or shared lock on an existing file, when it can be had at once and the file still
  /// has its name.
  static std::optional<FileLock> try_exclusive(const std::filesystem::path& file);
  static std::optional<FileLock> try_shared(const std::filesystem::path& file);

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  static std::optional<FileLock> try_lock(const std::filesystem::path& file, int operation);
  int descriptor_;
};

/// A folder under `cache`/tmp, removed with this object; its lock file tells `prune` whether the
/// owner lives.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::filesystem::path& cache);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::optional<FileLock> lock_;
};

/// The lock file of a temporary folder.
inline constexpr const char* kOwnerLock = "owner.lock";

/// The name of the file that describes an entry and records the digests of its other files.
inline constexpr const char* kEntryFile = "entry.json";

/// Adds the digests of all files in `folder` to `description`, writes it there as the entry file
/// and moves the folder to `target` in one step. An equal entry made meanwhile stays.
void publish(const std::filesystem::path& folder, const std::filesystem::path& target,
             nlohmann::json description);

/// Whether `entry` is complete and its files have the recorded digests.
bool is_intact(const std::filesystem::path& entry);

/// Marks an intact entry as used now and protects it from `prune` while the lock lives.
std::optional<FileLock> use_entry(const std::filesystem::path& entry);

/// Takes `entry` out of the cache in one step, then deletes it.
void remove_entry(const std::filesystem::path& cache, const std::filesystem::path& entry);

}  // namespace systole::dut
