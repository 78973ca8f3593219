// pool.h: spreads numbered tasks over forked processes and notices the ones that die.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

/// Sends a record, at most kMostRecordBytes, from a worker to the parent.
inline constexpr std::size_t kMostRecordBytes = 65536;
using SendRecord = std::function<void(std::string_view record)>;

/// Does a task, in a worker.
using DoTask = std::function<void(std::size_t task, const SendRecord& send)>;

/// Makes what a worker needs for its tasks, in the worker, once. A SimulationError that it throws
/// is thrown by `run_pool`.
using StartWorker = std::function<DoTask()>;

/// A worker that ended before its task was done.
struct Death {
  std::size_t task = 0;
  int worker = 0;             ///< From 1.
  std::string how;            ///< "was killed by signal 9 (SIGKILL)", "exited with status 1".
  std::filesystem::path log;  ///< What the worker printed.
};

struct PoolHooks {
  std::function<void(std::size_t task, std::string_view record)> record;
  std::function<void(const Death&)> died;
  /// Asked after every event and some ten times a second; false kills all workers.
  std::function<bool()> keep_going;
};

struct PoolOptions {
  int workers = 1;
  std::filesystem::path logs;  ///< Worker N prints to `logs`/N.log.
};

/// What the workers took.
struct PoolUse {
  int workers = 0;               ///< At once.
  std::uint64_t peak_bytes = 0;  ///< Largest resident set of a worker, with what it shares.
  std::uint64_t own_bytes = 0;   ///< Largest private memory of a worker at its end.
  double cpu_seconds = 0.0;      ///< Of all workers together.
};

/// Hands the tasks out in the order of `tasks` to `options.workers` forks of this process (never
/// more than tasks), which all exist before the first task is handed out. A task whose worker dies
/// is reported to `hooks.died` and not tried again; a new worker takes the dead one's place. No
/// worker outlives the call, or this process. Only a process without other threads may call it.
/// Throws InputError when `logs` cannot be written, SimulationError when no process can be started
/// or a worker's start throws one.
PoolUse run_pool(const std::vector<std::size_t>& tasks, const PoolOptions& options,
                 const StartWorker& start, const PoolHooks& hooks);

}  // namespace systole
