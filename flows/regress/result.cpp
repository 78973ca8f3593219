// result.cpp: sums over ops and cases.
#include "flows/regress/result.h"

#include <algorithm>
#include <stdexcept>

namespace systole::regress {

std::string_view to_string(CaseState state) {
  switch (state) {
    case CaseState::kMatch:
      return "match";
    case CaseState::kFlaky:
      return "flaky";
    case CaseState::kMismatch:
      return "mismatch";
    case CaseState::kTimeout:
      return "timeout";
    case CaseState::kFailed:
      return "failed";
    case CaseState::kNotRun:
      return "not run";
  }
  return "";
}

CaseState case_state(std::string_view name) {
  for (const CaseState state : kAllCaseStates)
    if (to_string(state) == name) return state;
  throw std::runtime_error("'" + std::string(name) + "' is no state of a case");
}

bool has_ended(OpState state) { return state == OpState::kMatch || state == OpState::kMismatch; }

double CaseResult::seconds() const {
  double sum = 0.0;
  for (const Attempt& attempt : attempts) sum += attempt.seconds;
  return sum;
}

std::uint64_t CaseResult::cycles() const {
  std::uint64_t sum = 0;
  for (const OpVerdict& op : verdict.ops)
    if (has_ended(op.state)) sum += op.cycles;
  return sum;
}

std::int64_t CaseResult::cached() const { return total(verdict.ops, false).cached; }

double CaseResult::utilisation() const {
  std::uint64_t sum = 0;
  std::int64_t macs = 0;
  for (const OpVerdict& op : verdict.ops)
    if (has_ended(op.state) && op.macs > 0 && op.cycles > 0) {
      sum += op.cycles;
      macs += op.macs;
    }
  const double room =
      static_cast<double>(sum) * static_cast<double>(verdict.rows * verdict.columns);
  return room > 0.0 ? static_cast<double>(macs) / room : 0.0;
}

std::int64_t Regression::count(CaseState state) const {
  return std::count_if(cases.begin(), cases.end(),
                       [&](const CaseResult& one) { return one.state == state; });
}

std::int64_t Regression::compared() const {
  std::int64_t sum = 0;
  for (const CaseResult& one : cases) sum += one.verdict.compared;
  return sum;
}

std::int64_t Regression::cached() const {
  std::int64_t sum = 0;
  for (const CaseResult& one : cases) sum += one.cached();
  return sum;
}

int exit_code(const Regression& regression, bool slower) {
  constexpr int kInterrupted = 130, kFailed = 3, kWorse = 1;
  if (regression.interrupted) return kInterrupted;
  const auto is_bad_attempt = [](const Attempt& attempt) {
    return attempt.state == CaseState::kFailed || attempt.state == CaseState::kTimeout;
  };
  bool differs = slower;
  for (const CaseResult& one : regression.cases) {
    // A failed attempt counts whatever came of a later one.
    if (std::any_of(one.attempts.begin(), one.attempts.end(), is_bad_attempt)) return kFailed;
    if (one.state != CaseState::kMatch) differs = true;
  }
  return differs ? kWorse : 0;
}

std::string_view summary_word(const Regression& regression, bool slower) {
  const int code = exit_code(regression, slower);
  if (code == 0) return "match";
  if (code == 3) return "failed";
  if (code == 130) return "interrupted";
  return regression.count(CaseState::kMismatch) > 0 ? "mismatch" : "slower";
}

}  // namespace systole::regress
