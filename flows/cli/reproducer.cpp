// reproducer.cpp: settings that differ from their defaults, a bundle, a README.
#include "flows/cli/reproducer.h"

#include <fmt/format.h>

#include <filesystem>

#include "flows/cli/run_config.h"
#include "model/config/error.h"
#include "model/network/bundle.h"
#include "model/network/names.h"
#include "model/tensor/atomic_file.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSet = "test";

std::string absolute_text(const fs::path& path) { return fs::absolute(path).lexically_normal(); }

/// The lines of one section: `key: value` where the value is not the key's default.
class Section {
 public:
  explicit Section(std::string name) : name_(std::move(name)) {}

  template <class T>
  void add(const std::string& key, const T& value, const T& default_value) {
    if (value != default_value) lines_ += fmt::format("  {}: {}\n", key, value);
  }
  void always(const std::string& key, const std::string& value) {
    lines_ += fmt::format("  {}: {}\n", key, value);
  }
  std::string text() const { return lines_.empty() ? "" : "\n" + name_ + ":\n" + lines_; }

 private:
  std::string name_, lines_;
};

/// The parameters that `run` would not assume; with an adapter of its own a design has no defaults.
std::string parameters_text(const DutConfig& dut) {
  std::string text;
  for (const auto& [name, value] : dut.parameters) {
    const KeySpec* spec = find_key(dut_keys(), "dut.parameters." + name);
    if (dut.adapter.empty() && spec && spec->default_value == std::to_string(value)) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", yaml_text(name), value);
  }
  return text;
}

std::string dut_text(const DutConfig& dut) {
  const DutConfig defaults;
  Section section("dut");
  section.always("dir", yaml_text(absolute_text(dut.dir)));
  section.add("filelist", yaml_text(dut.filelist), yaml_text(defaults.filelist));
  section.add("top", yaml_text(dut.top), yaml_text(defaults.top));
  const std::string parameters = parameters_text(dut);
  if (!parameters.empty()) section.always("parameters", "{" + parameters + "}");
  if (!dut.adapter.empty()) section.always("adapter", yaml_text(absolute_text(dut.adapter)));
  section.add("optimize", dut.optimize, defaults.optimize);
  return section.text();
}

std::string bench_text(const BenchOptions& bench) {
  const BenchOptions defaults;
  Section section("bench");
  section.add("quantum", bench.quantum, defaults.quantum);
  section.add("seed", bench.seed, defaults.seed);
  section.add("stall_rate", bench.stall_rate, defaults.stall_rate);
  section.add("stall_seed", bench.stall_seed, defaults.stall_seed);
  section.add("watchdog", bench.watchdog, defaults.watchdog);
  section.add("poison", bench.poison, defaults.poison);
  section.add("reset", bench.reset, defaults.reset);
  return section.text();
}

std::string inputs_text(const IntTensors& inputs) {
  const std::int64_t count = inputs.begin()->second.shape[0];
  return count == InputOptions{}.count ? "" : fmt::format("\ninputs: {{count: {}}}\n", count);
}

std::string readme(const Reproducer& reproducer) {
  return fmt::format(
      "# {}\n\n{}\n\nRun it in this directory:\n\n    systole run run.yaml\n\n"
      "`run.yaml` names the design by its absolute path, so the run judges what is there now: it "
      "ends with\nexit status 0 once the design is right. `bundle/` holds the network and its "
      "inputs; `systole show\nbundle` prints it.\n",
      reproducer.network.name, reproducer.about);
}

}  // namespace

std::string run_yaml(const Reproducer& reproducer) {
  return fmt::format("# README.md says what differs.\nnetwork: bundle\n{}{}{}{}",
                     reproducer.allow_wrap ? "overflow: wrap\n" : "",
                     inputs_text(reproducer.inputs), dut_text(reproducer.dut),
                     bench_text(reproducer.bench));
}

void write_reproducer(const std::string& directory, const Reproducer& reproducer) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error)
    throw InputError({.where = directory,
                      .got = error.message(),
                      .expected = "a folder that can be written, for a reproducer"});
  Bundle bundle;
  bundle.network = reproducer.network;
  bundle.description = reproducer.about;
  SampleSet& samples = bundle.samples[kSet];
  for (const auto& [name, tensor] : reproducer.inputs) samples.inputs[name] = tensor;
  write_bundle(directory + "/bundle", bundle);
  write_file_atomically(directory + "/README.md", readme(reproducer));
  write_file_atomically(directory + "/run.yaml", run_yaml(reproducer));
}

}  // namespace systole
