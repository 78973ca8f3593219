// command_bench.cpp: `systole bench`: a fixed set of designs and networks, and an earlier
// benchmark.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "flows/cli/bench_array.h"
#include "flows/cli/bench_baseline.h"
#include "flows/cli/bench_model.h"
#include "flows/cli/bench_network.h"
#include "flows/cli/bench_text.h"
#include "flows/cli/commands.h"
#include "flows/cli/program.h"
#include "model/config/error.h"
#include "sim/dut/error.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kBadInput = 2;
const std::string kNoOnednn = "not there: flows/setup --onednn, then cmake --preset release";

struct BenchCommandOptions {
  std::vector<std::int64_t> sizes = {16, 32, 64};
  std::vector<std::string> networks;
  bool no_networks = false;
  bool rebuild = false;
  ArrayOptions array;
  std::string baseline;
  double tolerance = 10.0;  ///< Percent.
  bool json = false;
  bool child = false;
  bool model = false;
  std::int64_t batch = 1;
  std::string kernel{to_string(fastest_int_kernel())};
};

/// Each size in a process of its own: SystemC elaborates once per process, and memory is counted
/// per process. The child prints its messages itself.
Json measure_in_child(ArrayOptions options, std::int64_t size, const Scratch& scratch) {
  std::vector<std::string> arguments = {"/proc/self/exe", "bench", "--child"};
  const auto add = [&](const std::string& name, const auto& value) {
    arguments.insert(arguments.end(), {name, fmt::format("{}", value)});
  };
  add("--sizes", size);
  add("--runs", options.runs);
  add("--cycles", options.cycles);
  add("--quantum", options.quantum);
  if (!options.rtl.empty()) add("--rtl", options.rtl);
  if (!options.beats.empty()) add("--beats", options.beats);
  const std::string out = scratch.file("array.json");
  const int status = run_measured(arguments, out, "systole itself", "").status;
  if (status == kBadInput)
    throw InputError({.where = options.rtl,
                      .key = "--rtl",
                      .got = "a design that cannot be built",
                      .expected = "one that can: the message is above"});
  if (status != 0)
    throw SimulationError(fmt::format("measuring {0}x{0} ended with status {1}", size, status));
  Json array;
  std::ifstream(out) >> array;
  return array;
}

/// NAME=CONFIG.
BenchNetwork parse_network(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || !std::filesystem::is_regular_file(text.substr(equals + 1)))
    throw InputError({.where = {},
                      .key = "--network",
                      .got = text,
                      .expected = "NAME=CONFIG, CONFIG a run's YAML"});
  return {text.substr(0, equals), text.substr(equals + 1), {}};
}

std::vector<BenchNetwork> networks_of(const BenchCommandOptions& options) {
  if (options.no_networks) return {};
  if (options.networks.empty()) return fixed_networks();
  std::vector<BenchNetwork> networks;
  for (const std::string& text : options.networks) networks.push_back(parse_network(text));
  return networks;
}

Json measure_networks(const std::vector<BenchNetwork>& networks, int runs) {
  Json all = Json::array();
  for (const BenchNetwork& network : networks)
    all.push_back(std::filesystem::exists(network.config)
                      ? measure_network(network, runs)
                      : Json{{"name", network.name},
                             {"skipped", "not imported yet: flows/bench/run does it"}});
  return all;
}

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

/// What the figures depend on besides the code.
Json conditions(const Json& arrays) {
  Json json = {{"systole", SYSTOLE_VERSION},
               {"processor", processor()},
               {"cores", std::to_string(std::thread::hardware_concurrency())}};
  for (const char* tool : {"verilator", "compiler", "systemc"})
    if (!arrays.empty()) json[tool] = arrays[0].at(tool);
  return json;
}

int bench_model(const BenchCommandOptions& options) {
  ModelBenchOptions layers{.batch = options.batch, .runs = options.array.runs};
  for (const IntKernel kernel : available_int_kernels())
    if (to_string(kernel) == options.kernel) layers.kernel = kernel;
  const OnednnLibrary onednn = load_onednn();
  Json networks = Json::array();
  for (const BenchLayers& network : bench_layers(layers.batch))
    networks.push_back(measure_layers(network, layers, onednn.make));
  const Json figures = {
      {"format", "systole-bench-model"},
      {"version", kBenchVersion},
      {"conditions",
       {{"systole", SYSTOLE_VERSION},
        {"processor", processor()},
        {"kernel", options.kernel},
        {"batch", std::to_string(layers.batch)},
        {"oneDNN", onednn.make == nullptr ? kNoOnednn : onednn.version + ", one thread"}}},
      {"networks", networks}};
  fmt::print("{}", options.json ? figures.dump(2) + "\n" : model_to_text(figures));
  return 0;
}

int bench(const BenchCommandOptions& options) {
  if (options.model) return bench_model(options);
  if (options.child) {
    ArrayOptions array = options.array;
    array.size = options.sizes.front();
    fmt::print("{}\n", measure_array(array).dump(2));
    return 0;
  }
  const std::vector<BenchNetwork> networks = networks_of(options);
  std::optional<Baseline> baseline;
  if (!options.baseline.empty()) baseline = read_baseline(options.baseline);
  const Scratch scratch;
  if (options.rebuild) setenv("SYSTOLE_CACHE", scratch.file("cache").c_str(), 1);
  Json arrays = Json::array();
  for (const std::int64_t size : options.sizes)
    arrays.push_back(measure_in_child(options.array, size, scratch));
  const Json figures = {{"format", kBenchFormat},
                        {"version", kBenchVersion},
                        {"conditions", conditions(arrays)},
                        {"arrays", arrays},
                        {"networks", measure_networks(networks, options.array.runs)}};
  fmt::print("{}", options.json ? figures.dump(2) + "\n" : to_text(figures));
  if (!baseline) return 0;
  const BaselineReport report = compare_with(*baseline, figures);
  fmt::print(options.json ? stderr : stdout, "{}", to_text(report, options.tolerance / 100.0));
  return worse(report.figures, options.tolerance / 100.0).empty() ? 0 : 1;
}

}  // namespace

void add_bench_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<BenchCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "bench", "Measure the speed of simulated designs and of whole runs of networks");
  command->add_option("--sizes", options->sizes, "Square arrays to measure")
      ->check(CLI::Range(2, 64))
      ->capture_default_str();
  command->add_option("--network", options->networks,
                      "NAME=CONFIG: a network, by a run's YAML, in place of the fixed set");
  command->add_flag("--no-networks", options->no_networks, "Only the arrays");
  command->add_option("--runs", options->array.runs, "Runs of each; the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--cycles", options->array.cycles, "Cycles of an array's run, about")
      ->check(CLI::Range(1'000, 10'000'000))
      ->capture_default_str();
  command->add_option("--quantum", options->array.quantum, "Cycles per activation under SystemC")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command->add_option("--rtl", options->array.rtl, "Another RTL tree for the arrays");
  command->add_flag("--rebuild", options->rebuild,
                    "Build every design now; otherwise build times are of the build that made it");
  command->add_option("--baseline", options->baseline,
                      "Compare with what `bench --json` printed earlier; exit 1 when worse");
  command->add_option("--tolerance", options->tolerance, "Percent that a figure may be worse")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  auto* model =
      command->add_flag("--model", options->model,
                        "The integer model's products in place of designs, beside oneDNN's");
  command->add_option("--batch", options->batch, "Images of a product")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->needs(model);
  std::vector<std::string> kernels;
  for (const IntKernel kernel : available_int_kernels()) kernels.emplace_back(to_string(kernel));
  command->add_option("--kernel", options->kernel, "Instruction set of the model's loops")
      ->check(CLI::IsMember(kernels))
      ->capture_default_str()
      ->needs(model);
  command->add_option("--beats", options->array.beats, "Folder that gets the last size's beats")
      ->group("");
  command->add_flag("--child", options->child, "Measure the one size here")->group("");
  command->footer(
      "Arrays: CPU seconds of one thread, assertions and accumulator tap on; bare is the design\n"
      "alone, idle the same without beats, bench the design under SystemC. Networks: wall seconds\n"
      "of `systole run` with the design cached. Model: CPU seconds of one thread, ratio = "
      "ours/oneDNN.\n"
      "flows/bench/README.md says more.\n"
      "Examples:\n"
      "  systole bench\n"
      "  systole bench --sizes 32 --runs 11 --no-networks --json > base.json\n"
      "  systole bench --sizes 32 --no-networks --baseline base.json\n"
      "  systole bench --model");
  command->callback([=, &action] { action = [=] { return bench(*options); }; });
}

}  // namespace systole
