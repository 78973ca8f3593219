// toolchain.h: finds Verilator and the C++ compiler, and tells their versions.
#pragma once

#include <filesystem>
#include <string>

namespace systole::dut {

struct Tool {
  std::filesystem::path program;
  std::string version;  ///< The program's own words.
  std::string stamp;    ///< Size and time of its files.

  std::string identity() const { return version + ", " + stamp; }
};

struct Toolchain {
  Tool verilator;
  Tool compiler;
  std::filesystem::path runtime;  ///< Verilator's headers and runtime sources.
};

/// Looks in PATH; the environment variable VERILATOR, when set, is the path of another Verilator.
/// Versions are kept in `cache`, by path, size and time of the program, because
/// asking takes longer than everything else a lookup does. Throws InputError when one is missing.
Toolchain find_toolchain(const std::filesystem::path& cache);

}  // namespace systole::dut
