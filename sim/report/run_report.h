// run_report.h: everything that a run tells its user, as one plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/channel/beats.h"
#include "sim/check/answer.h"
#include "sim/check/verdict.h"
#include "sim/coverage/coverage.h"

namespace systole {

/// Labelled samples that each path classifies as their label.
struct Accuracy {
  std::int64_t samples = 0;
  std::optional<std::int64_t> float_correct;  ///< Nothing for a network imported as integers.
  std::int64_t integer_correct = 0;
};

struct DutReport {
  std::string key;  ///< Of the build cache; empty when the build failed.
  bool cached = false;
  double seconds = 0.0;  ///< Of the build, or of the lookup.
  std::string top;
  std::string rtl_directory;
  std::string rtl_hash;
  Geometry geometry;
  bool has_poison = true;
};

/// Wall-clock seconds of the parts of a run.
struct Seconds {
  double network = 0.0;  ///< Reading, quantising, fusing, evaluating.
  double golden = 0.0;
  double build = 0.0;     ///< Of the design, or finding it in the cache.
  double simulate = 0.0;  ///< From the first worker's start to the last one's end.
  double compare = 0.0;   ///< Part of `simulate`: comparing, while workers go on.
  double explain = 0.0;   ///< Looking into the ops that differ.
  double write = 0.0;     ///< Of the design's tensors.
  double total = 0.0;
};

/// What the worker processes took.
struct WorkersReport {
  int count = 0;
  double cpu_seconds = 0.0;      ///< Of all of them.
  std::uint64_t peak_bytes = 0;  ///< Largest resident set of one, with what it shares.
  std::uint64_t own_bytes = 0;   ///< Largest private memory of one at its end.
};

/// Of the RTL, by a run with --coverage.
struct CoverageReport {
  Tally lines;
  Tally toggles;
  std::vector<std::string> unread;  ///< What could not be counted, a sentence each.
  std::string page;                 ///< The file to open.
};

struct RunReport {
  std::string config_file;
  std::string directory;   ///< Of all results.
  std::string op_pattern;  ///< Of the ops that were selected; empty: all.
  std::vector<std::pair<std::string, std::string>> config;  ///< Resolved, key and value.
  bool is_stalled = false;  ///< By `bench.stall_rate`: cycles are not as predicted.
  std::string network;
  std::string network_hash;
  std::string summary;  ///< What was done to the network, one line.
  std::string inputs;   ///< "4 of digits/test", "random, seed 7", ...
  std::vector<std::pair<std::string, std::string>> input_hashes;
  std::optional<Accuracy> accuracy;
  DutReport dut;
  std::vector<std::pair<std::string, std::string>> tools;  ///< Name and version.
  std::vector<OpVerdict> ops;
  std::vector<Answer> answers;  ///< Of a chained run.
  Totals totals;
  std::string failure;  ///< Why the run as a whole failed: the build's errors.
  Seconds seconds;
  WorkersReport workers;
  std::optional<CoverageReport> coverage;
};

}  // namespace systole
