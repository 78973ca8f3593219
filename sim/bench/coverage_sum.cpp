// coverage_sum.cpp: reads and writes the lines `C 'point' count` of Verilator's coverage files.
#include "sim/bench/coverage_sum.h"

#include <unistd.h>

#include <fstream>

#include "model/tensor/atomic_file.h"

namespace systole {

namespace fs = std::filesystem;

void CoverageSum::add(Dut& dut) {
  const fs::path file =
      fs::temp_directory_path() / ("systole-coverage-" + std::to_string(::getpid()));
  dut.write_coverage(file);
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t end = line.rfind("' ");
    if (!line.starts_with("C '") || end == std::string::npos) continue;
    counts_[line.substr(0, end + 1)] += std::stoull(line.substr(end + 2));
  }
  in.close();
  std::error_code ignored;
  fs::remove(file, ignored);
}

void CoverageSum::write(const fs::path& file) const {
  std::string text = "# SystemC::Coverage-3\n";
  for (const auto& [point, count] : counts_) text += point + " " + std::to_string(count) + "\n";
  write_file_atomically(file.string(), text);
}

}  // namespace systole
