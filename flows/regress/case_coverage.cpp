// case_coverage.cpp: files by tree, merged.
#include "flows/regress/case_coverage.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "sim/coverage/report.h"

namespace systole::regress {

namespace fs = std::filesystem;

std::vector<TreeCoverage> merge_case_coverage(const Regression& regression,
                                              const std::string& out) {
  std::map<std::string, std::vector<fs::path>> files;  // By tree.
  for (const CaseResult& one : regression.cases)
    if (!one.verdict.dut_key.empty())
      files[one.verdict.rtl].push_back(out + "/" + one.folder + "/coverage/coverage.dat");

  std::vector<TreeCoverage> trees;
  for (const auto& [rtl, parts] : files) {
    std::string folder = "coverage";
    if (files.size() > 1) folder += fmt::format("/{}", trees.size() + 1);
    TreeCoverage tree{rtl, folder, merge_coverage(parts)};
    fs::create_directories(out + "/" + folder);
    write_coverage_report(
        out + "/" + folder, tree.coverage, rtl,
        fmt::format("{}, by {} cases of the regression {}", rtl, parts.size(), regression.suite));
    trees.push_back(std::move(tree));
  }
  return trees;
}

}  // namespace systole::regress
