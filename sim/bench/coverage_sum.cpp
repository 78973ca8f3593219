// coverage_sum.cpp: through a file, as a design writes no other way.
#include "sim/bench/coverage_sum.h"

#include <unistd.h>

#include "model/tensor/atomic_file.h"
#include "model/tensor/mapped_file.h"

namespace systole {

namespace fs = std::filesystem;

void CoverageSum::add(Dut& dut) {
  const fs::path file =
      fs::temp_directory_path() / ("systole-coverage-" + std::to_string(::getpid()));
  dut.write_coverage(file);
  systole::add(parse_dat(MappedFile(file.string()).bytes()), counts_);
  std::error_code ignored;
  fs::remove(file, ignored);
}

void CoverageSum::write(const fs::path& file) const {
  write_file_atomically(file.string(), to_dat(counts_));
}

}  // namespace systole
