// coverage_parts.cpp: PID.dat holds sums, PID.open says that a task is running.
#include "sim/run/coverage_parts.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "model/tensor/atomic_file.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

/// Calls `action`; tells stderr what it throws.
template <class Action>
void tell(Action action) try {
  action();
} catch (const std::exception& error) {
  fmt::print(stderr, "coverage: {}\n", error.what());
}

}  // namespace

CoveragePart::CoveragePart(const fs::path& folder)
    : dat_(folder / fmt::format("{}.dat", ::getpid())),
      new_(folder / fmt::format("{}.new", ::getpid())),
      open_(folder / fmt::format("{}.open", ::getpid())) {
  std::error_code ignored;  // Writing will tell.
  fs::create_directories(folder, ignored);
}

void CoveragePart::begin_task() {
  tell([&] { write_file_atomically(open_.string(), ""); });
}

void CoveragePart::end_task(Bench& bench) {
  tell([&] {
    bench.write_coverage(new_);
    fs::rename(new_, dat_);
    fs::remove(open_);
  });
}

Coverage merge_coverage_parts(const fs::path& folder) {
  std::vector<fs::path> dats, opens;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    if (file.path().extension() == ".dat") dats.push_back(file.path());
    if (file.path().extension() == ".open") opens.push_back(file.path());
  }
  std::ranges::sort(dats);
  std::ranges::sort(opens);
  Coverage coverage = merge_coverage(dats);
  for (const fs::path& open : opens)
    coverage.unread.push_back(fmt::format(
        "the last task of worker process {}, which did not end it", open.stem().string()));
  if (dats.empty()) coverage.unread.push_back("any worker's counts: none has left some");
  fs::remove_all(folder, error);
  return coverage;
}

}  // namespace systole
