// command_bench.cpp: `systole bench`: cycles and MACs per second of designs.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>

#include "flows/cli/commands.h"
#include "flows/cli/interrupt.h"
#include "flows/cli/measure.h"
#include "flows/cli/progress.h"
#include "model/config/error.h"
#include "sim/dut/builder.h"
#include "sim/report/table.h"

namespace systole {
namespace {

struct BenchCommandOptions {
  std::vector<std::int64_t> sizes = {16, 32};
  int runs = 5;
  std::uint64_t cycles = 200'000;
  std::uint64_t quantum = BenchOptions{}.quantum;
  std::string rtl;
  bool json = false;
};

/// One size of the array: a design as the product builds it and one as Verilator does by default.
struct Subject {
  std::int64_t size;
  BuiltDut fast, plain;
  Bench bench;
  Dut bare, plain_bare;
  Workload workload;

  Subject(std::int64_t rows, BuiltDut f, BuiltDut p, const BenchOptions& options)
      : size(rows),
        fast(std::move(f)),
        plain(std::move(p)),
        bench(fast, options),
        bare(fast, options.seed),
        plain_bare(plain, options.seed) {}
};

struct Figures {
  std::int64_t size;
  Timing bare, bench, plain;
  double macs_per_cycle;

  double bare_rate() const { return static_cast<double>(bare.cycles) / bare.seconds; }
  double bench_rate() const { return static_cast<double>(bench.cycles) / bench.seconds; }
  double plain_rate() const { return static_cast<double>(plain.cycles) / plain.seconds; }
};

BuiltDut build(std::int64_t size, bool verilator_defaults, const std::string& rtl,
               Progress& progress) {
  DutConfig config;
  config.dir = rtl.empty() ? source_root() / "rtl" : std::filesystem::path(rtl);
  config.parameters = {{"Rows", size}, {"Cols", size}};
  config.verilator_defaults = verilator_defaults;
  return build_dut(config, [&](std::string_view step) {
    if (interrupted()) throw Interrupted{};
    progress.show(fmt::format("building {0}x{0}: {1}", size, step));
  });
}

/// The three in turn, so that a change of the machine's speed meets all of them.
Figures measure(Subject& subject, int runs, Progress& progress) {
  std::vector<Timing> bare, bench, plain;
  for (int run = 0; run < runs; ++run) {
    if (interrupted()) throw Interrupted{};
    progress.show(fmt::format("{0}x{0}: run {1} of {2}", subject.size, run + 1, runs));
    bare.push_back(run_bare(subject.bare, subject.workload));
    bench.push_back(run_bench(subject.bench, subject.workload));
    plain.push_back(run_bare(subject.plain_bare, subject.workload));
  }
  Figures figures{subject.size, median(bare), median(bench), median(plain), 0.0};
  figures.macs_per_cycle =
      static_cast<double>(subject.workload.macs) / static_cast<double>(figures.bare.cycles);
  return figures;
}

std::string text(const std::vector<Figures>& all) {
  Table table({{"array"},
               {"bare kcycles/s", true},
               {"bare GMAC/s", true},
               {"bench kcycles/s", true},
               {"bench GMAC/s", true},
               {"bench/bare", true},
               {"Verilator default kcycles/s", true},
               {"bare/default", true}});
  for (const Figures& f : all)
    table.add({fmt::format("{0}x{0}", f.size), fmt::format("{:.0f}", f.bare_rate() / 1e3),
               fmt::format("{:.2f}", f.bare_rate() * f.macs_per_cycle / 1e9),
               fmt::format("{:.0f}", f.bench_rate() / 1e3),
               fmt::format("{:.2f}", f.bench_rate() * f.macs_per_cycle / 1e9),
               fmt::format("{:.2f}", f.bench_rate() / f.bare_rate()),
               fmt::format("{:.0f}", f.plain_rate() / 1e3),
               fmt::format("{:.1f}", f.bare_rate() / f.plain_rate())});
  return table.text();
}

std::string json(const std::vector<Figures>& all) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Figures& f : all)
    json.push_back({{"rows", f.size},
                    {"cols", f.size},
                    {"cycles", f.bare.cycles},
                    {"macs_per_cycle", f.macs_per_cycle},
                    {"bare_cycles_per_second", f.bare_rate()},
                    {"bench_cycles_per_second", f.bench_rate()},
                    {"verilator_default_cycles_per_second", f.plain_rate()}});
  return json.dump(2) + "\n";
}

int bench(const BenchCommandOptions& options) {
  Progress progress;
  BenchOptions bench_options;
  bench_options.quantum = options.quantum;
  std::deque<Subject> subjects;  // All before the first run: SystemC elaborates once.
  for (const std::int64_t size : options.sizes) {
    BuiltDut fast = build(size, false, options.rtl, progress);
    BuiltDut plain = build(size, true, options.rtl, progress);
    Subject& subject =
        subjects.emplace_back(size, std::move(fast), std::move(plain), bench_options);
    make_workload(subject.bench.geometry(), options.cycles, subject.workload);
  }
  std::vector<Figures> figures;
  for (Subject& subject : subjects) figures.push_back(measure(subject, options.runs, progress));
  progress.clear();
  fmt::print("{}", options.json ? json(figures) : text(figures));
  return 0;
}

}  // namespace

void add_bench_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<BenchCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "bench", "Measure the speed of the simulated design, bare and through the SystemC bench");
  command->add_option("--sizes", options->sizes, "Square arrays to measure")
      ->check(CLI::Range(2, 64))
      ->capture_default_str();
  command->add_option("--runs", options->runs, "Runs of each; the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--cycles", options->cycles, "Cycles of a run, about")
      ->check(CLI::Range(1'000, 10'000'000))
      ->capture_default_str();
  command->add_option("--quantum", options->quantum, "Cycles per activation under SystemC")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command->add_option("--rtl", options->rtl, "Another RTL tree");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Times are CPU seconds of one thread; assertions and accumulator tap are on.\n"
      "Examples:\n  systole bench\n  systole bench --sizes 32 --runs 11 --json");
  command->callback([=, &action] { action = [=] { return bench(*options); }; });
}

}  // namespace systole
