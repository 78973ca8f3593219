// config_options.h: the command-line options that choose a run's configuration and inputs.
#pragma once

#include <string>
#include <vector>

#include "flows/cli/run_config.h"

namespace CLI {
class App;
}

namespace systole {

/// As given; empty where not.
struct ConfigOptions {
  std::string config;
  std::vector<std::string> overrides;
  std::string input;
  std::string rtl;
  std::string count;
  std::string mode;
  std::string workers;
  std::string out;
};

/// CONFIG, --set, --input, --count, -o. `options` outlives the parsing.
void add_config_options(CLI::App& command, ConfigOptions& options);

/// The configuration with the options applied. Throws InputError.
RunConfig resolve(const ConfigOptions& options);

/// `-o`, or runs/<name of the configuration file>.
std::string out_directory(const ConfigOptions& options);

}  // namespace systole
