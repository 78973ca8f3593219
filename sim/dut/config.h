// config.h: which design is simulated, and how it is built.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "model/config/key_table.h"

namespace systole {

class Settings;

/// What a build adds to the design. Each is a cache entry of its own.
enum class Instrument {
  kNone,
  kTrace,     ///< Can write waveforms (FST).
  kCoverage,  ///< Counts lines and toggles.
};

/// "plain", "trace" or "coverage".
std::string_view to_string(Instrument instrument);

struct DutConfig {
  std::filesystem::path dir;         ///< The RTL tree; paths in errors begin with it.
  std::string filelist = "files.f";  ///< Relative to `dir`.
  std::string top = "systole_core";
  std::map<std::string, std::int64_t> parameters;  ///< Of the top module.
  std::filesystem::path adapter;  ///< A source file; empty: the adapter of systole_core.
  std::string optimize = "O2";    ///< The compiler's level: O0, O1, O2 or O3.
  Instrument instrument = Instrument::kNone;
};

/// The keys `dut.*` of a run configuration.
const KeyTable& dut_keys();

/// `settings` has the keys of `dut_keys()`. Throws InputError when `dut.dir` or `dut.adapter` is
/// missing.
DutConfig parse_dut_config(const Settings& settings);

/// The tree that holds the built-in adapter's sources: this project's.
const std::filesystem::path& source_root();

}  // namespace systole
