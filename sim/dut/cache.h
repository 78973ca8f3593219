// cache.h: what the cache holds (built designs, verdicts), and how to make it smaller.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace systole {

struct CacheEntry {
  std::string key;
  std::uint64_t bytes = 0;
  std::chrono::system_clock::time_point last_used;
  std::string top;
  std::map<std::string, std::int64_t> parameters;
  double seconds = 0.0;  ///< Its build took.
  std::string rtl;       ///< The folder that it was built from first.
};

/// Where verdicts are kept, a file each (sim/run/verdict_cache.h).
std::filesystem::path verdict_folder();

struct CachedVerdicts {
  std::size_t count = 0;
  std::uint64_t bytes = 0;
};
CachedVerdicts count_verdicts();

/// Built designs, last used first.
std::vector<CacheEntry> list_cache();

struct PruneResult {
  std::size_t removed = 0;      ///< Designs, runtime libraries and verdicts.
  std::uint64_t freed = 0;      ///< Bytes.
  std::uint64_t remaining = 0;  ///< Bytes of all three; may exceed the limit when the rest is in
                                ///< use.
};

/// Removes the least recently used designs and verdicts until all together have at most
/// `max_bytes`, and what dead processes left behind. What another process uses stays. Safe beside
/// running builds.
PruneResult prune_cache(std::uint64_t max_bytes);

}  // namespace systole
