// run_yaml.cpp: settings that differ from their defaults.
#include "flows/cli/run_yaml.h"

#include <fmt/format.h>

#include <filesystem>

#include "flows/cli/run_config.h"
#include "model/network/names.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

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

std::string inputs_text(std::int64_t count) {
  return count == InputOptions{}.count ? "" : fmt::format("\ninputs: {{count: {}}}\n", count);
}

}  // namespace

std::string run_yaml(const RunSettings& settings) {
  return fmt::format("# {}\nnetwork: {}\n{}{}{}{}", settings.comment, yaml_text(settings.network),
                     settings.allow_wrap ? "overflow: wrap\n" : "", inputs_text(settings.count),
                     dut_text(settings.dut), bench_text(settings.bench));
}

}  // namespace systole
