// worker.cpp: fork, socket, log, end.
#include "sim/run/worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "sim/dut/error.h"

namespace systole {
namespace {

/// One packet per call: the socket keeps their borders.
void send_packet(int socket, WorkerPacket::Kind kind, std::string_view text) {
  std::string packet(1, kind);
  packet += text.substr(0, kMostRecordBytes);
  if (::send(socket, packet.data(), packet.size(), MSG_NOSIGNAL) < 0) ::_exit(0);  // Nobody reads.
}

std::optional<std::size_t> receive_task(int socket) {
  std::size_t task = 0;
  return ::recv(socket, &task, sizeof task, 0) == sizeof task ? std::optional(task) : std::nullopt;
}

/// Dies with the parent; leaves it to the parent to stop at Ctrl-C, which a terminal sends to all.
void settle_in(pid_t parent, const std::filesystem::path& log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGTERM, SIG_DFL);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0) return;
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
}

[[noreturn]] void work(int socket, const StartWorker& start) {
  fmt::print("process {}\n", ::getpid());
  std::fflush(stdout);
  try {
    const DoTask do_task = start();
    while (const auto task = receive_task(socket)) {
      do_task(*task,
              [&](std::string_view record) { send_packet(socket, WorkerPacket::kRecord, record); });
      send_packet(socket, WorkerPacket::kDone, "");
    }
  } catch (const SimulationError& error) {
    send_packet(socket, WorkerPacket::kCannotStart, error.what());
  } catch (const std::exception& error) {
    fmt::print("{}\n", error.what());
    std::fflush(nullptr);
    ::_exit(1);
  }
  std::fflush(nullptr);
  ::_exit(0);  // The parent's objects are not this process's to destroy.
}

std::string describe_end(int status) {
  if (WIFEXITED(status)) return fmt::format("exited with status {}", WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  const char* name = ::sigabbrev_np(signal);
  return fmt::format("was killed by signal {} (SIG{})", signal, name ? name : "?");
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

Worker::Worker(int number, const std::filesystem::path& log, const StartWorker& start)
    : number_(number) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw SimulationError(fmt::format("cannot start a worker: {}", std::strerror(errno)));
  std::fflush(nullptr);  // Else the child would print the parent's buffers again.
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(ends[0]);
    settle_in(parent, log);
    work(ends[1], start);
  }
  const int error = errno;
  ::close(ends[1]);
  socket_ = ends[0];
  if (pid_ > 0) return;
  ::close(socket_);
  throw SimulationError(fmt::format("cannot start a worker: {}", std::strerror(error)));
}

Worker::~Worker() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  PoolUse ignored;
  finish(ignored);
}

void Worker::give(std::size_t task) {
  tasks_.push_back(task);
  // A worker that has just died cannot take it: `receive` will tell.
  [[maybe_unused]] const auto sent = ::send(socket_, &task, sizeof task, MSG_NOSIGNAL);
}

std::optional<WorkerPacket> Worker::receive() {
  std::string packet(kMostRecordBytes + 1, '\0');
  ssize_t size = 0;
  // A worker that dies with a task unread resets the connection once; what it sent is still there.
  do size = ::recv(socket_, packet.data(), packet.size(), 0);
  while (size < 0 && (errno == EINTR || errno == ECONNRESET));
  if (size <= 0) return std::nullopt;
  return WorkerPacket{WorkerPacket::Kind{packet[0]},
                      packet.substr(1, static_cast<std::size_t>(size) - 1)};
}

std::uint64_t Worker::own_bytes() const {
  std::ifstream rollup(fmt::format("/proc/{}/smaps_rollup", pid_));
  std::uint64_t kilobytes = 0;
  for (std::string word; rollup >> word;) {
    std::uint64_t value = 0;
    if ((word == "Private_Dirty:" || word == "Private_Clean:") && rollup >> value)
      kilobytes += value;
  }
  return 1024 * kilobytes;
}

std::string Worker::finish(PoolUse& use) {
  ::shutdown(socket_, SHUT_RDWR);  // Workers forked later hold copies of it: closing is not enough.
  ::close(socket_);
  int status = 0;
  rusage usage = {};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  use.cpu_seconds += seconds(usage.ru_utime) + seconds(usage.ru_stime);
  use.peak_bytes = std::max(use.peak_bytes, 1024 * static_cast<std::uint64_t>(usage.ru_maxrss));
  return describe_end(status);
}

}  // namespace systole
