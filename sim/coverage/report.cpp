// report.cpp: three files.
#include "sim/coverage/report.h"

#include <fstream>
#include <sstream>

#include "model/config/error.h"
#include "model/tensor/atomic_file.h"
#include "sim/coverage/html.h"
#include "sim/coverage/lcov.h"

namespace systole {

namespace fs = std::filesystem;

void write_coverage_report(const fs::path& folder, const Coverage& coverage, const fs::path& rtl,
                           const std::string& title) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw InputError({.where = folder.string(),
                      .got = error.message(),
                      .expected = "a folder that can be written, for the coverage",
                      .hint = "choose another output directory with --out"});
  const auto path_of = [&](const std::string& file) {
    return fs::absolute(rtl / file).lexically_normal().string();
  };
  const auto text_of = [&](const std::string& file) -> std::optional<std::string> {
    std::ifstream in(path_of(file), std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  };
  write_file_atomically((folder / "coverage.dat").string(), to_dat(coverage.counts));
  write_file_atomically((folder / "coverage.info").string(), to_lcov(coverage, path_of));
  write_file_atomically((folder / "index.html").string(), to_html(coverage, title, text_of));
}

}  // namespace systole
