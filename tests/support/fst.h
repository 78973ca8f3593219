// fst.h: reads waveforms back, with the reader that comes with Verilator.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace systole::test {

struct Fst {
  std::uint64_t first = 0;  ///< Time of the first change.
  std::uint64_t last = 0;
  /// Width in bits by whole name, "TOP.systole_core.u_array.sum_q[0][1] [31:0]".
  std::map<std::string, std::uint32_t> signals;
};

/// Fails the test where `file` is no complete waveform.
Fst read_fst(const std::filesystem::path& file);

/// The bits of a signal at a time, the highest first.
std::string value_at(const std::filesystem::path& file, const std::string& signal,
                     std::uint64_t time);

}  // namespace systole::test
