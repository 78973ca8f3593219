// coverage.cpp: parts -> files and figures.
#include "flows/cli/coverage.h"

#include <fmt/format.h>

#include "sim/coverage/report.h"
#include "sim/run/coverage_parts.h"

namespace systole {

namespace {

std::string parts_of(const RunRequest& request) { return request.coverage_folder() + "/parts"; }

}  // namespace

std::filesystem::path make_coverage_parts(const RunRequest& request) {
  std::error_code ignored;  // What stays is overwritten, or says so then.
  std::filesystem::remove_all(request.coverage_folder(), ignored);
  return request.coverage ? parts_of(request) : "";
}

void report_coverage(const RunRequest& request, RunReport& report) {
  const Coverage coverage = merge_coverage_parts(parts_of(request));
  const DutReport& dut = report.dut;
  const std::string title =
      fmt::format("{} {}x{} from {}, by the network {} on {}", dut.top, dut.geometry.rows,
                  dut.geometry.cols, dut.rtl_directory, report.network, report.inputs);
  write_coverage_report(request.coverage_folder(), coverage, request.config.dut.dir, title);
  report.coverage = {coverage.lines(), coverage.toggles(), coverage.unread,
                     request.coverage_folder() + "/index.html"};
}

}  // namespace systole
