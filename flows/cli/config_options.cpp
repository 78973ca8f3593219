// config_options.cpp: options are overrides of keys, so that the key table judges them.
#include "flows/cli/config_options.h"

#include <CLI/CLI.hpp>
#include <filesystem>

namespace systole {

namespace fs = std::filesystem;

void add_config_options(CLI::App& command, ConfigOptions& options) {
  command.add_option("config", options.config, "The run's YAML file")->required();
  command.add_option("--set", options.overrides, "key=value: overrides a key of the YAML file")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--input", options.input, "FILE.npy, 'random', 'corners' or 'samples'");
  command.add_option("--count", options.count, "Inputs to run");
  command.add_option("-o,--out", options.out, "Directory for results (default: runs/<config>)");
}

RunConfig resolve(const ConfigOptions& options) {
  std::vector<std::string> overrides = options.overrides;
  if (!options.count.empty()) overrides.push_back("inputs.count=" + options.count);
  if (!options.mode.empty()) overrides.push_back("mode=" + options.mode);
  if (!options.workers.empty()) overrides.push_back("workers=" + options.workers);
  if (!options.rtl.empty()) overrides.push_back("dut.dir=" + options.rtl);
  if (options.input.ends_with(".npy")) {
    overrides.push_back("inputs.source=file");
    overrides.push_back("inputs.file=" + options.input);
  } else if (!options.input.empty()) {
    overrides.push_back("inputs.source=" + options.input);
  }
  return load_run_config(options.config, overrides);
}

std::string out_directory(const ConfigOptions& options) {
  if (!options.out.empty()) return fs::path(options.out).lexically_normal().string();
  return (fs::path("runs") / fs::path(options.config).stem()).string();
}

}  // namespace systole
