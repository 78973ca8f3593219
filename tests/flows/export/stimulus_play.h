// stimulus_play.h: golden stimulus of quantised networks, and simulators that play its folders.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "flows/export/stimulus_folders.h"
#include "golden/trace.h"
#include "model/network/bundle.h"
#include "tests/support/process.h"

namespace systole::test {

inline constexpr const char* kSizes = SYSTOLE_SOURCE_DIR "/tests/fixtures/stimulus/stimulus.svh";
inline constexpr const char* kPlainArray =
    SYSTOLE_SOURCE_DIR "/tests/fixtures/stimulus/plain_array.v";

/// Of kSizes.
inline constexpr Geometry kArray{.rows = 4, .cols = 4, .acc_depth = 8, .scale_bits = 32};

/// A network on kArray, and its tensors for two samples.
class GoldenRun {
 public:
  explicit GoldenRun(const std::string& config) {
    const TempDirectory out;
    const Finished golden = run_systole({"golden", config, "--count", "2", "-o", out.path()});
    if (golden.exit_code != 0) throw std::runtime_error(golden.err);
    bundle_ = load_bundle(out / "network");
    const TraceReader trace(out / "golden");
    for (const TraceEntry& entry : trace.entries()) tensors_[entry.name] = trace.read(entry.name);
    plan_ = plan_jobs(std::get<IntNetwork>(bundle_.network), kArray);
  }
  GoldenRun(const GoldenRun&) = delete;
  GoldenRun& operator=(const GoldenRun&) = delete;

  Job job(const std::string& name) const {
    for (const Job& job : plan_.jobs)
      if (job.last().name == name) return job;
    throw std::out_of_range(name);
  }
  /// Returns the folder that it writes in `out`.
  std::string write(const Job& job, const TempDirectory& out,
                    std::optional<std::int64_t> tile = std::nullopt) const {
    return out / write_stimulus(out.path(), {job}, tensors_, kArray, tile).at(0);
  }
  std::string write(const std::string& op, const TempDirectory& out,
                    std::optional<std::int64_t> tile = std::nullopt) const {
    return write(job(op), out, tile);
  }
  const std::vector<Job>& jobs() const { return plan_.jobs; }
  const AnyTensors& tensors() const { return tensors_; }

 private:
  Bundle bundle_;
  AnyTensors tensors_;
  Plan plan_;
};

inline const GoldenRun& digits() {
  static const GoldenRun digits(SYSTOLE_SOURCE_DIR "/configs/digits.yaml");
  return digits;
}

/// Verilated once, for kSizes.
inline Finished play_on_core(const std::string& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {SYSTOLE_TEST_PLAYER, "+stimulus=" + folder});
  return run_process(arguments);
}

/// In the folder, with the bench that is there and another array in plain Verilog.
inline Finished play_on_plain_array(const std::string& folder, std::vector<std::string> arguments,
                                    const std::string& array = kPlainArray) {
  const TempDirectory build;
  const std::string program = build / "stimulus.vvp";
  const Finished built = run_process({"iverilog", "-g2012", "-DSYSTOLE_ARRAY=plain_array",
                                      "-o" + program, "systole_stimulus_tb.sv", array},
                                     folder);
  if (built.exit_code != 0) return built;
  arguments.insert(arguments.begin(), {"vvp", "-N", program});
  return run_process(arguments, folder);
}

inline void expect_pass(const Finished& played, const std::string& counts) {
  EXPECT_EQ(played.exit_code, 0) << played.out << played.err;
  EXPECT_THAT("\n" + played.out, testing::HasSubstr("\nPASS: " + counts + " compared\n"));
}

inline void expect_failure(const Finished& played, const std::string& message) {
  EXPECT_NE(played.exit_code, 0);
  EXPECT_THAT("\n" + played.out, testing::AllOf(testing::HasSubstr("\nFAIL: " + message),
                                                testing::Not(testing::HasSubstr("PASS"))))
      << played.err;
}

/// Flips a bit of a word of a $readmemh file.
inline void flip(const std::string& file, std::size_t word, std::size_t bit) {
  std::string text = read_text(file);
  std::size_t end = text.find("@0\n") + 2;
  for (std::size_t i = 0; i <= word; ++i) end = text.find('\n', end + 1);
  char& digit = text[end - 1 - bit / 4];
  digit = "0123456789abcdef"[std::stoi(std::string(1, digit), nullptr, 16) ^ 1 << bit % 4];
  write_text(file, text);
}

}  // namespace systole::test
