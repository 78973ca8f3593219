// coverage_sum.h: what the designs that a bench used up have covered, added up.
#pragma once

#include <filesystem>

#include "sim/coverage/dat.h"
#include "sim/dut/dut.h"

namespace systole {

/// A fresh design starts without counts: what the one before has counted is kept here.
class CoverageSum {
 public:
  /// Adds what `dut` has counted since its creation.
  void add(Dut& dut);
  /// In Verilator's format. Throws InputError when the file cannot be written.
  void write(const std::filesystem::path& file) const;

 private:
  CoverageCounts counts_;
};

}  // namespace systole
