// run_case.h: one case on one design, judged against the reference.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "flows/fuzz/fuzz_case.h"
#include "sim/bench/bench.h"
#include "sim/check/verdict.h"

namespace systole {

/// What is counted of a case, or of several.
struct FuzzCounts {
  std::int64_t cases = 0;
  std::int64_t ops = 0;       ///< Nodes that the design computed.
  std::int64_t host_ops = 0;  ///< Nodes that it did not: not tested.
  std::int64_t compared = 0;  ///< Elements.
  std::uint64_t cycles = 0;

  FuzzCounts& operator+=(const FuzzCounts& other);
};

struct CaseVerdict {
  FuzzCounts counts;
  OpState state =
      OpState::kMatch;  ///< kMatch, kMismatch or kFailed: the first op that is not right.
  std::string message;  ///< Of that op; empty where all match.
};

/// A word or two for a first difference or failure: "quant2: 5 of 24 elements differ; ...".
std::string describe_verdict(const OpVerdict& op);

/// Runs the case on a fresh design of `bench`, its ops in order and numbered from 1, as `replay`
/// runs a network of them. Ends at the first op that is not right.
CaseVerdict run_case(const FuzzCase& fuzz_case, Bench& bench);

}  // namespace systole
