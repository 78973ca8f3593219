// builder.h: from a configuration to a shared object, by way of the cache.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/dut/config.h"

namespace systole {

struct BuiltDut {
  std::filesystem::path object;
  std::string key;        ///< SHA-256 over all that went into the object.
  std::string rtl_hash;   ///< SHA-256 over names and content of the RTL files alone.
  std::string verilator;  ///< Its version, as it says.
  std::string compiler;
  std::vector<std::string> ports;  ///< Of a tracing build, as its waveforms name them.
  bool cached = false;             ///< It was there before.
  double seconds = 0;              ///< Of the lookup and the build.
  std::shared_ptr<void> in_use;    ///< While it lives, the cache keeps the object.
};

/// Called with the current step ("verilating", "compiling", ...) when it begins and many times a
/// second while it lasts. What it throws ends the build, leaves no process and no file behind, and
/// is passed on: so an interrupted program stops.
using BuildProgress = std::function<void(std::string_view step)>;

/// Finds the design in the cache, or builds it. Programs that want the same design at once build it
/// once. Throws InputError when a folder, file, tool or the cache cannot be used; SimulationError,
/// with file and line, when the RTL or the adapter does not compile.
BuiltDut build_dut(const DutConfig& config, const BuildProgress& progress = {});

/// The design of the cache that `build_dut` would give; nothing where it would have to build it.
/// Throws InputError as `build_dut` does.
std::optional<BuiltDut> find_dut(const DutConfig& config);

}  // namespace systole
