// pool.cpp: hands out tasks, listens to the workers, replaces the dead.
#include "sim/run/pool.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory>
#include <system_error>

#include "model/config/error.h"
#include "sim/dut/error.h"
#include "sim/run/worker.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

constexpr int kPollMilliseconds = 50;

/// Empties the folder of the logs of earlier runs.
void prepare_logs(const fs::path& logs) {
  std::error_code error;
  fs::create_directories(logs, error);
  for (auto entry = fs::directory_iterator(logs, error);
       !error && entry != fs::directory_iterator(); entry.increment(error))
    if (entry->path().extension() == ".log") fs::remove(entry->path(), error);
  if (!error && ::access(logs.c_str(), W_OK | X_OK) != 0)
    error = std::error_code(errno, std::generic_category());
  if (error)
    throw InputError({.where = logs.string(),
                      .got = error.message(),
                      .expected = "a folder that can be written, for the workers' logs",
                      .hint = "choose another output directory with --out"});
}

class Pool {
 public:
  Pool(const std::vector<std::size_t>& tasks, const PoolOptions& options, const StartWorker& start,
       const PoolHooks& hooks)
      : waiting_(tasks.begin(), tasks.end()), options_(options), start_(start), hooks_(hooks) {}

  PoolUse run() {
    const auto most =
        std::min<std::size_t>(static_cast<std::size_t>(options_.workers), waiting_.size());
    for (std::size_t n = 1; n <= most; ++n) add_worker(static_cast<int>(n));
    use_.workers = static_cast<int>(most);
    for (auto& worker : workers_) refill(*worker);
    while (!workers_.empty()) {
      if (!hooks_.keep_going()) break;
      listen();
      dismiss_idle();
    }
    return use_;  // Those that are left, of a pool that stopped early, are killed now.
  }

 private:
  void add_worker(int number) {
    workers_.push_back(std::make_unique<Worker>(number, log_of(number), start_));
  }

  fs::path log_of(int number) const { return options_.logs / fmt::format("{}.log", number); }

  /// The parent may be busy with a result, so a worker has its next task at hand; but the last ones
  /// wait for whoever is free.
  std::size_t tasks_ahead() const { return waiting_.size() > workers_.size() ? 2 : 1; }

  void refill(Worker& worker) {
    while (!waiting_.empty() && worker.tasks().size() < tasks_ahead()) {
      worker.give(waiting_.front());
      waiting_.pop_front();
    }
  }

  void listen() {
    std::vector<pollfd> sockets;
    for (const auto& worker : workers_) sockets.push_back({worker->socket(), POLLIN, 0});
    if (::poll(sockets.data(), sockets.size(), kPollMilliseconds) <= 0) return;
    std::vector<int> dead;
    for (std::size_t i = 0; i < sockets.size(); ++i)
      if (sockets[i].revents != 0 && !hear(*workers_[i])) dead.push_back(workers_[i]->number());
    for (const int number : dead) bury(number);
  }

  /// False when the worker has ended.
  bool hear(Worker& worker) {
    const auto packet = worker.receive();
    if (!packet) return false;
    switch (packet->kind) {
      case WorkerPacket::kRecord:
        hooks_.record(worker.tasks().front(), packet->text);
        break;
      case WorkerPacket::kDone:
        worker.tasks().pop_front();
        refill(worker);
        break;
      case WorkerPacket::kCannotStart:
        throw SimulationError(packet->text);
    }
    return true;
  }

  auto find(int number) {
    return std::find_if(workers_.begin(), workers_.end(),
                        [&](const auto& worker) { return worker->number() == number; });
  }

  /// Reports the dead worker's task and starts another one for the rest.
  void bury(int number) {
    const auto found = find(number);
    const std::unique_ptr<Worker> dead = std::move(*found);
    workers_.erase(found);
    const std::string how = dead->finish(use_);
    std::deque<std::size_t>& tasks = dead->tasks();
    if (!tasks.empty()) {
      hooks_.died({tasks.front(), number, how, log_of(number)});
      waiting_.insert(waiting_.begin(), tasks.begin() + 1, tasks.end());
    }
    if (!waiting_.empty()) replace(number);
  }

  /// Where there is no room for another process, the others do the rest.
  void replace(int number) {
    try {
      add_worker(number);
    } catch (const SimulationError&) {
      if (workers_.empty()) throw;
      return;
    }
    refill(*workers_.back());
  }

  void dismiss_idle() {
    std::erase_if(workers_, [&](const std::unique_ptr<Worker>& worker) {
      if (!worker->tasks().empty()) return false;
      use_.own_bytes = std::max(use_.own_bytes, worker->own_bytes());
      worker->finish(use_);
      return true;
    });
  }

  std::deque<std::size_t> waiting_;
  const PoolOptions& options_;
  const StartWorker& start_;
  const PoolHooks& hooks_;
  std::vector<std::unique_ptr<Worker>> workers_;
  PoolUse use_;
};

}  // namespace

PoolUse run_pool(const std::vector<std::size_t>& tasks, const PoolOptions& options,
                 const StartWorker& start, const PoolHooks& hooks) {
  prepare_logs(options.logs);
  return Pool(tasks, options, start, hooks).run();
}

}  // namespace systole
