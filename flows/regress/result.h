// result.h: how the cases of a regression ended, as plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/verdict.h"

namespace systole::regress {

/// The verdict of a case. kFlaky: an attempt failed, a later one matched; it counts as a failure.
/// kFailed: a run that failed, crashed, was refused its input or left no verdict. kNotRun:
/// interrupted before it ended.
enum class CaseState { kMatch, kFlaky, kMismatch, kTimeout, kFailed, kNotRun };

inline constexpr CaseState kAllCaseStates[] = {CaseState::kMatch,    CaseState::kFlaky,
                                               CaseState::kMismatch, CaseState::kTimeout,
                                               CaseState::kFailed,   CaseState::kNotRun};

/// "match", "flaky", "mismatch", "timeout", "failed", "not run".
std::string_view to_string(CaseState state);
/// The inverse. Throws std::runtime_error on another text.
CaseState case_state(std::string_view name);

/// One run of a case.
struct Attempt {
  CaseState state = CaseState::kNotRun;
  int status = 0;  ///< Exit status, or 128 + the signal that ended it.
  double seconds = 0.0;
};

/// Whether the op ran to its end, so that its cycles and codes mean something.
bool has_ended(OpState state);

/// What a case's verdict.json says.
struct RunVerdict {
  std::string network;
  std::string dut_key;
  std::string rtl, rtl_hash, top;
  std::int64_t rows = 0, columns = 0;  ///< Of the array; 0 where the design did not build.
  std::int64_t compared = 0, mismatched = 0;
  std::vector<OpVerdict> ops;
};

struct CaseResult {
  std::string name;
  std::string side;  ///< "A" or "B" of a comparison of two RTL trees, else empty.
  std::vector<std::string> tags;
  std::string config;
  std::vector<std::string> set;
  std::string folder;  ///< Relative to the regression's.
  CaseState state = CaseState::kNotRun;
  std::vector<Attempt> attempts;
  std::string message;      ///< Why it failed.
  bool taken_over = false;  ///< From the regression that this one resumes.
  RunVerdict verdict;

  std::string title() const { return side.empty() ? name : name + " [" + side + "]"; }
  double seconds() const;        ///< Of all attempts.
  std::uint64_t cycles() const;  ///< Of ops that ran to their end.
  std::int64_t cached() const;   ///< Of `verdict.compared`: not simulated now, but by earlier runs.
  double utilisation() const;    ///< MACs / (cycles * rows * columns) of those that have both.
};

struct Regression {
  std::string suite;    ///< Its name.
  std::string file;     ///< The suite's.
  std::string started;  ///< UTC, "2026-01-31T12:00:00Z".
  double seconds = 0.0;
  int jobs = 1;
  std::string version;           ///< Of systole.
  std::vector<std::string> rtl;  ///< --rtl: none, one tree, or A and B.
  bool interrupted = false;
  std::vector<CaseResult> cases;  ///< In the suite's order; A before B.

  std::int64_t count(CaseState state) const;
  std::int64_t compared() const;  ///< Elements of all cases.
  std::int64_t cached() const;    ///< Of them: by earlier runs.
  bool is_comparison() const { return rtl.size() == 2; }
};

/// 130 interrupted, 3 a case failed, ran out of time or was flaky, 1 a mismatch or `slower`, 0 all
/// match.
int exit_code(const Regression& regression, bool slower);

/// In one word or two: "match", "mismatch", "failed", "slower", "interrupted".
std::string_view summary_word(const Regression& regression, bool slower);

}  // namespace systole::regress
