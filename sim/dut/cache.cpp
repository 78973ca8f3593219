// cache.cpp: walks the cache's folders.
#include "sim/dut/cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/dut/digest.h"
#include "sim/dut/manifest.h"
#include "sim/dut/store.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using namespace dut;
using nlohmann::json;
using SystemClock = std::chrono::system_clock;

/// An entry of any kind: the folder of a design or a runtime library, or the file of a verdict.
struct Entry {
  fs::path path;
  std::uint64_t bytes = 0;
  SystemClock::time_point last_used;
  bool is_file = false;
};

SystemClock::time_point modified(const struct stat& status) {
  return SystemClock::from_time_t(status.st_mtim.tv_sec) +
         std::chrono::microseconds(status.st_mtim.tv_nsec / 1000);
}

std::vector<fs::path> children(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    paths.push_back(entry.path());
  }
  return paths;
}

std::vector<Entry> folders(const fs::path& parent) {
  std::vector<Entry> result;
  for (const fs::path& path : children(parent)) {
    Entry folder{path, 0, {}};
    struct stat status = {};
    if (::stat((path / kEntryFile).c_str(), &status) == 0) {
      folder.last_used = modified(status);
    }
    for (const fs::path& file : children(path)) {
      std::error_code error;
      const std::uintmax_t size = fs::file_size(file, error);
      if (!error) folder.bytes += size;
    }
    result.push_back(folder);
  }
  return result;
}

/// Verdicts, and what a writer that died has left of one.
std::vector<Entry> verdicts() {
  std::vector<Entry> result;
  for (const fs::path& path : children(verdict_folder())) {
    struct stat status = {};
    if (::stat(path.c_str(), &status) == 0)
      result.push_back({path, static_cast<std::uint64_t>(status.st_size), modified(status), true});
  }
  return result;
}

/// A damaged description leaves the fields empty.
CacheEntry describe(const Entry& folder) {
  CacheEntry entry;
  entry.key = folder.path.filename().string();
  entry.bytes = folder.bytes;
  entry.last_used = folder.last_used;
  try {
    const json description = json::parse(read_text(folder.path / kEntryFile));
    entry.top = description.at("top").get<std::string>();
    entry.parameters = description.at("parameters").get<std::map<std::string, std::int64_t>>();
    entry.seconds = description.at("seconds").get<double>();
    entry.rtl = description.at("rtl").get<std::string>();
  } catch (const json::exception&) {
    entry.rtl = "(damaged)";
  }
  return entry;
}

/// Temporary folders whose owners are gone.
void remove_leftovers(const fs::path& cache) {
  std::error_code ignored;
  if (!fs::exists(cache / "tmp", ignored)) return;
  const FileLock making = FileLock::wait(cache / "tmp.lock", {});
  for (const fs::path& folder : children(cache / "tmp")) {
    const auto lock = FileLock::try_exclusive(folder / kOwnerLock);
    if (lock || !fs::exists(folder / kOwnerLock, ignored)) fs::remove_all(folder, ignored);
  }
}

/// Manifests that lead nowhere any more, and logs of failed builds and locks of the same key.
void remove_orphans(const fs::path& cache) {
  std::error_code ignored;
  for (const fs::path& file : children(cache / "manifests")) {
    const auto manifests = read_manifests(file);
    const bool is_used = std::any_of(manifests.begin(), manifests.end(), [&](const Manifest& m) {
      return fs::exists(cache / "entries" / m.entry, ignored);
    });
    if (!is_used) fs::remove(file, ignored);
  }
  for (const fs::path& file : children(cache / "locks")) {
    const auto lock = FileLock::try_exclusive(file);
    if (!lock) continue;
    fs::remove(file, ignored);
    fs::remove(cache / "logs" / file.filename().replace_extension(".log"), ignored);
  }
}

}  // namespace

fs::path verdict_folder() { return cache_root() / "verdicts"; }

CachedVerdicts count_verdicts() {
  CachedVerdicts count;
  for (const Entry& verdict : verdicts()) {
    ++count.count;
    count.bytes += verdict.bytes;
  }
  return count;
}

std::vector<CacheEntry> list_cache() {
  std::vector<CacheEntry> entries;
  for (const Entry& folder : folders(cache_root() / "entries")) {
    entries.push_back(describe(folder));
  }
  std::sort(entries.begin(), entries.end(), [](const CacheEntry& a, const CacheEntry& b) {
    return std::tie(b.last_used, a.key) < std::tie(a.last_used, b.key);
  });
  return entries;
}

PruneResult prune_cache(std::uint64_t max_bytes) {
  const fs::path cache = cache_root();
  std::vector<Entry> all = verdicts();
  for (const char* kind : {"entries", "runtime"})
    for (Entry& folder : folders(cache / kind)) all.push_back(std::move(folder));
  std::sort(all.begin(), all.end(),
            [](const Entry& a, const Entry& b) { return a.last_used < b.last_used; });

  PruneResult result;
  for (const Entry& entry : all) result.remaining += entry.bytes;
  for (const Entry& entry : all) {
    if (result.remaining <= max_bytes) break;
    std::error_code error;
    if (entry.is_file) {
      fs::remove(entry.path, error);
    } else {
      const auto lock = FileLock::try_exclusive(entry.path / kEntryFile);
      if (!lock && fs::exists(entry.path / kEntryFile, error)) continue;  // In use.
      remove_entry(cache, entry.path);
    }
    ++result.removed;
    result.freed += entry.bytes;
    result.remaining -= entry.bytes;
  }
  remove_leftovers(cache);
  remove_orphans(cache);
  return result;
}

}  // namespace systole
