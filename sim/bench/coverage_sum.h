// coverage_sum.h: what the designs that a bench used up have covered, added up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "sim/dut/dut.h"

namespace systole {

/// Counts by point, as Verilator names points in its files. A fresh design starts with none: what
/// the one before has counted is kept here.
class CoverageSum {
 public:
  /// Adds what `dut` has counted since its creation.
  void add(Dut& dut);
  /// In Verilator's format. Throws InputError when the file cannot be written.
  void write(const std::filesystem::path& file) const;

 private:
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace systole
