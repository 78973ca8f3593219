// recipe.h: everything about a build that is known before Verilator runs, and its key.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/dut/config.h"
#include "sim/dut/file_names.h"
#include "sim/dut/filelist.h"
#include "sim/dut/toolchain.h"

namespace systole::dut {

struct Recipe {
  DutConfig config;
  std::filesystem::path rtl;  ///< Absolute.
  FileList list;
  Toolchain tools;
  std::filesystem::path adapter;                 ///< Absolute.
  std::optional<std::filesystem::path> control;  ///< The adapter's .vlt file beside it.
  FileNames names;

  std::vector<std::string> verilator_flags;
  /// Verilator's --unroll-count: the first that works. Low, because loops over rows and columns
  /// must stay loops, which the compiler vectorises; but long generate loops need a higher one.
  std::vector<std::string> unroll_counts;
  std::vector<std::string> compiler_flags;   ///< Of all units.
  std::vector<std::string> runtime_sources;  ///< Of Verilator, without their ending.
  std::vector<std::string> libraries;        ///< Flags of the link.
  std::string hot;                           ///< Level of what runs every cycle, "-O3".
  std::string cold;                          ///< Level of the rest.
  std::string runtime_key;                   ///< Of Verilator's runtime library, built once.
  /// Covers all members and the content of the files that they name; not what those include.
  std::string key;
};

/// Throws InputError when a file or program is missing.
Recipe make_recipe(const DutConfig& config, const std::filesystem::path& cache);

}  // namespace systole::dut
