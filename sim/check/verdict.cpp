// verdict.cpp: sums and names.
#include "sim/check/verdict.h"

#include <algorithm>
#include <cstdlib>

namespace systole {

bool is_unpredicted(const OpVerdict& op) {
  if (op.state != OpState::kMatch && op.state != OpState::kMismatch) return false;
  const auto cycles = static_cast<std::int64_t>(op.cycles);
  const auto predicted = static_cast<std::int64_t>(op.predicted);
  return std::abs(cycles - predicted) * 50 > predicted;
}

Totals total(const std::vector<OpVerdict>& ops, bool interrupted) {
  Totals totals;
  const auto any = [&](OpState state) {
    return std::any_of(ops.begin(), ops.end(),
                       [&](const OpVerdict& op) { return op.state == state; });
  };
  for (const OpVerdict& op : ops) {
    totals.compared += op.compared;
    totals.mismatched += op.mismatched;
    if (op.cached) totals.cached += op.compared;
  }
  if (interrupted)
    totals.state = VerdictState::kIncomplete;
  else if (any(OpState::kFailed))
    totals.state = VerdictState::kFailed;
  else if (any(OpState::kMismatch) || totals.compared == 0)
    totals.state = VerdictState::kMismatch;
  return totals;
}

int exit_code(VerdictState state) {
  switch (state) {
    case VerdictState::kMatch:
      return 0;
    case VerdictState::kMismatch:
      return 1;
    case VerdictState::kFailed:
      return 3;
    case VerdictState::kIncomplete:
      return 130;
  }
  return 3;
}

std::string_view to_string(VerdictState state) {
  switch (state) {
    case VerdictState::kMatch:
      return "match";
    case VerdictState::kMismatch:
      return "mismatch";
    case VerdictState::kFailed:
      return "failed";
    case VerdictState::kIncomplete:
      return "incomplete";
  }
  return "";
}

std::string_view to_string(OpState state) {
  switch (state) {
    case OpState::kMatch:
      return "match";
    case OpState::kMismatch:
      return "mismatch";
    case OpState::kFailed:
      return "failed";
    case OpState::kHost:
      return "host";
    case OpState::kSkipped:
      return "skipped";
  }
  return "";
}

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::kNone:
      return "";
    case Stage::kAccumulator:
      return "accumulator";
    case Stage::kMulQuant:
      return "mul_quant";
  }
  return "";
}

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::kNone:
      return "";
    case FailureKind::kHang:
      return "hang";
    case FailureKind::kAssertion:
      return "assertion";
    case FailureKind::kCrash:
      return "crash";
    case FailureKind::kOther:
      return "other";
  }
  return "";
}

std::string_view to_string(Engine engine) { return engine == Engine::kRtl ? "rtl" : "host"; }

}  // namespace systole
