// suite.h: a regression's YAML file: cases, and products of networks, arrays, recipes and stalls.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/config/error.h"
#include "model/config/key_table.h"

namespace systole::regress {

/// One run: a configuration and the settings that this case gives it.
struct Case {
  std::string name;  ///< Of letters, digits, '_', '-' and '.': also that of its folder.
  std::string config;
  std::vector<std::string> set;  ///< key=value; relative paths count from the current directory.
  std::vector<std::string> tags;
  double time_limit = 0.0;  ///< Seconds, of one attempt with its build.
  Location where;           ///< In the suite.
};

struct Suite {
  std::string file;
  std::string name;         ///< The file's, without its extension.
  std::optional<int> jobs;  ///< Cases at once.
  int retries = 0;          ///< Further attempts of a case that failed or ran out of time.
  std::vector<Case> cases;  ///< In the order of the file, at least one.
};

/// Reads `file`; flows/regress/README.md lists its keys. `run_keys` is the table of a run's keys:
/// it says which settings are paths, so that those count from the suite's folder, and which exist.
/// Throws InputError on unknown or wrong keys, cases of the same name, and a suite without cases.
Suite read_suite(const std::string& file, const KeyTable& run_keys);

}  // namespace systole::regress
