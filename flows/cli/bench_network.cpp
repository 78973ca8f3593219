// bench_network.cpp: child processes, whose verdict.json has the figures.
#include "flows/cli/bench_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "flows/cli/program.h"
#include "flows/cli/progress.h"
#include "model/config/error.h"
#include "sim/dut/config.h"
#include "sim/dut/error.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr int kBadInput = 2;

struct Run {
  Json verdict;
  Usage usage;
};

Run run_once(const BenchNetwork& network, const Scratch& scratch) {
  const std::string out = scratch.file("run");
  std::vector<std::string> arguments = {"/proc/self/exe", "run", network.config,
                                        "--out",          out,   "--fresh"};
  arguments.insert(arguments.end(), network.options.begin(), network.options.end());
  Run run;
  run.usage = run_measured(arguments, scratch.file("table"), "systole itself", "");
  if (run.usage.status == kBadInput)
    throw InputError({.where = network.config,
                      .key = network.name,
                      .got = "a configuration that does not run",
                      .expected = "one that `systole run` takes: its message is above"});
  if (run.usage.status != 0)
    throw SimulationError(
        fmt::format("the run of {} ends with status {} instead of a match; see: systole run {}",
                    network.name, run.usage.status, network.config));
  std::ifstream(out + "/verdict.json") >> run.verdict;
  return run;
}

double seconds(const Run& run) { return run.verdict.at("seconds").get<double>(); }

Json figures(const BenchNetwork& network, const Run& run) {
  std::int64_t macs = 0, cycles = 0;
  for (const Json& op : run.verdict.at("ops")) {
    cycles += op.at("cycles").get<std::int64_t>();
    if (op.at("engine") == "rtl") macs += op.at("macs").get<std::int64_t>();
  }
  const Json& dut = run.verdict.at("dut");
  const double simulate = run.verdict.at("seconds_by_part").at("simulate").get<double>();
  return {{"name", network.name},
          {"rows", dut.at("rows")},
          {"cols", dut.at("cols")},
          {"inputs", run.verdict.at("inputs").at("source")},
          {"macs", macs},
          {"cycles", cycles},
          {"compared", run.verdict.at("compared")},
          {"seconds", seconds(run)},
          {"seconds_by_part", run.verdict.at("seconds_by_part")},
          {"cpu_seconds", run.usage.cpu_seconds},
          {"macs_per_second", static_cast<double>(macs) / seconds(run)},
          {"cycles_per_second", static_cast<double>(cycles) / simulate},
          {"peak_bytes", run.usage.peak_bytes}};
}

}  // namespace

std::vector<BenchNetwork> fixed_networks() {
  const auto imported = [](const std::string& name) {
    return BenchNetwork{name, (source_root() / "build/networks" / name / "run.yaml").string(), {}};
  };
  return {{"digits", (source_root() / "configs/digits.yaml").string(), {"--count", "16"}},
          imported("resnet20_w8a8"),
          imported("mobilenet_v1")};
}

Json measure_network(const BenchNetwork& network, int runs) {
  const Scratch scratch;
  Progress progress;
  progress.show(fmt::format("{}: building", network.name));
  run_once(network, scratch);  // The design is in the cache now, and files are in memory.
  std::vector<Run> all;
  for (int run = 0; run < runs; ++run) {
    progress.show(fmt::format("{}: run {} of {}", network.name, run + 1, runs));
    all.push_back(run_once(network, scratch));
  }
  std::sort(all.begin(), all.end(),
            [](const Run& a, const Run& b) { return seconds(a) < seconds(b); });
  return figures(network, all[all.size() / 2]);
}

}  // namespace systole
