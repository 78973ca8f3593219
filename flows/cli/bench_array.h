// bench_array.h: the speed of one design: bare, through the SystemC bench, and while it idles.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace systole {

struct ArrayOptions {
  std::int64_t size = 16;  ///< Rows and columns.
  int runs = 5;            ///< The median counts.
  std::uint64_t cycles = 200'000;
  std::uint64_t quantum = 1024;
  std::string rtl;    ///< Empty: the core that this program was built with.
  std::string beats;  ///< Folder that gets the workload's beats; empty: none.
};

/// Builds the design, or finds it in the cache, and measures it in this process, which must not
/// have run another bench. Throws as build_dut does, and SimulationError when the design computes
/// something wrong.
nlohmann::ordered_json measure_array(const ArrayOptions& options);

}  // namespace systole
