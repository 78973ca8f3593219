// bench_array.cpp: paired runs on the same beats; the build's seconds; the memory of this process.
#include "flows/cli/bench_array.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "flows/cli/bench_beats.h"
#include "flows/cli/interrupt.h"
#include "flows/cli/measure.h"
#include "flows/cli/progress.h"
#include "sim/dut/builder.h"
#include "sim/dut/cache.h"

namespace systole {
namespace {

BuiltDut build(const ArrayOptions& options, Progress& progress) {
  DutConfig config;
  config.dir = options.rtl.empty() ? source_root() / "rtl" : std::filesystem::path(options.rtl);
  config.parameters = {{"Rows", options.size}, {"Cols", options.size}};
  return build_dut(config, [&](std::string_view step) {
    if (interrupted()) throw Interrupted{};
    progress.show(fmt::format("building {0}x{0}: {1}", options.size, step));
  });
}

/// Of the build that made the design, now or earlier.
double build_seconds(const BuiltDut& built) {
  for (const CacheEntry& entry : list_cache())
    if (entry.key == built.key) return entry.seconds;
  return built.seconds;
}

std::uint64_t peak_bytes() {
  rusage used = {};
  getrusage(RUSAGE_SELF, &used);
  return 1024 * static_cast<std::uint64_t>(used.ru_maxrss);
}

}  // namespace

nlohmann::ordered_json measure_array(const ArrayOptions& options) {
  Progress progress;
  const BuiltDut built = build(options, progress);
  BenchOptions bench_options;
  bench_options.quantum = options.quantum;
  Bench bench(built, bench_options);
  Dut dut(built, bench_options.seed);
  Workload workload;
  make_workload(bench.geometry(), options.cycles, workload);
  if (!options.beats.empty()) write_beats(workload, options.beats);

  // In turn, so that a change of the machine's speed meets all of them.
  std::vector<Timing> bare, through_bench, idle;
  for (int run = 0; run < options.runs; ++run) {
    if (interrupted()) throw Interrupted{};
    progress.show(fmt::format("{0}x{0}: run {1} of {2}", options.size, run + 1, options.runs));
    bare.push_back(run_bare(dut, workload));
    through_bench.push_back(run_bench(bench, workload));
    idle.push_back(run_idle(dut, options.cycles));
  }
  const Timing bare_median = median(bare);
  const Timing bench_median = median(through_bench);
  const double macs_per_cycle =
      static_cast<double>(workload.macs) / static_cast<double>(bare_median.cycles);
  return {{"rows", options.size},
          {"cols", options.size},
          {"cycles", bare_median.cycles},
          {"macs", workload.macs},
          {"bare_cycles_per_second", bare_median.rate()},
          {"bare_macs_per_second", bare_median.rate() * macs_per_cycle},
          {"bench_cycles_per_second", bench_median.rate()},
          {"bench_macs_per_second", bench_median.rate() * macs_per_cycle},
          {"idle_cycles_per_second", median(idle).rate()},
          {"build_seconds", build_seconds(built)},
          {"peak_bytes", peak_bytes()},
          {"verilator", built.verilator},
          {"compiler", built.compiler},
          {"systemc", Bench::systemc_version()}};
}

}  // namespace systole
