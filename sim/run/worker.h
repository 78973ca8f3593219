// worker.h: one forked process of a pool, seen from both of its ends.
#pragma once

#include <sys/types.h>

#include <deque>
#include <optional>
#include <string>

#include "sim/run/pool.h"

namespace systole {

/// What a worker says; the kind is the first byte of a packet.
struct WorkerPacket {
  enum Kind : char { kRecord = 'r', kDone = 'd', kCannotStart = 'x' };
  Kind kind;
  std::string text;
};

/// The parent's end. Killed, and waited for, when it goes.
class Worker {
 public:
  /// Forks worker `number`, which prints to `log` (appended). Throws SimulationError when that
  /// fails.
  Worker(int number, const std::filesystem::path& log, const StartWorker& start);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  int number() const { return number_; }
  int socket() const { return socket_; }
  /// Tasks given and not yet done; the first one is running.
  std::deque<std::size_t>& tasks() { return tasks_; }

  void give(std::size_t task);
  /// Waits for the next packet; nothing when the worker has ended.
  std::optional<WorkerPacket> receive();
  /// Private memory, in bytes; 0 when it cannot be read.
  std::uint64_t own_bytes() const;
  /// Lets an idle worker end, or waits for the end of one that has closed its socket. Says how it
  /// ended and adds to `use`.
  std::string finish(PoolUse& use);

 private:
  int number_;
  int socket_ = -1;
  pid_t pid_ = -1;
  std::deque<std::size_t> tasks_;
};

}  // namespace systole
