// read_verdict.h: verdict.json read back, as far as a later run needs it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/check/verdict.h"

namespace systole {

/// An earlier run: what it was a run of, and how its ops fared.
struct EarlierVerdict {
  std::string file;
  std::vector<std::pair<std::string, std::string>> config;
  std::string op_pattern;
  std::string network_hash;
  std::vector<std::pair<std::string, std::string>> input_hashes;
  std::string dut_key;  ///< Empty when the design did not build.
  std::string version;  ///< Of systole.
  std::vector<OpVerdict> ops;
};

/// Throws InputError when the file is missing, or not what `to_json` writes.
EarlierVerdict read_verdict(const std::string& file);

}  // namespace systole
