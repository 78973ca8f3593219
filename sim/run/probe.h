// probe.h: re-runs a part of an op alone, with changed inputs, to see where a difference comes
// from.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "golden/trace.h"
#include "sim/bench/bench.h"

namespace systole {

/// Which of a job's tensors is looked at.
enum class ProbedTensor { kAccumulators, kOutput };

/// One job on a design that is fresh for every run.
class Probe {
 public:
  /// All outlive the probe.
  Probe(Bench& bench, const Job& job, const Trace& golden);

  const Job& job() const { return job_; }
  Bench& bench() { return bench_; }
  /// The job's golden inputs.
  JobInputs inputs() const;
  const OutputOrder& order() const { return order_; }  ///< Of the job's output.
  /// The operands of a region: golden inputs.
  Operands operands_of(const Region& region) const;
  /// Runs them; `tensor` then holds what the design computed, the whole op's size.
  JobEnd run(const Operands& operands);
  const std::vector<std::int32_t>& tensor(ProbedTensor which) const {
    return which == ProbedTensor::kOutput ? output_ : accumulators_;
  }
  const IntTensor& golden_of(ProbedTensor which) const;

  /// Runs `region` alone and returns its first element of `which` that differs from the golden
  /// tensor; nothing when none does, or when the run fails.
  std::optional<std::int64_t> first_difference(const Region& region, ProbedTensor which);

  /// The cycle, from 1, in which the first beat with a wrong element of `which` leaves the design
  /// when `region` runs alone, in lock-step; nothing when none does.
  std::optional<std::uint64_t> first_wrong_cycle(const Region& region, ProbedTensor which);

 private:
  bool differs(std::int64_t flat, ProbedTensor which) const;
  bool differs(std::int64_t row, std::int64_t channel, ProbedTensor which) const {
    return differs(order_.flat(row, channel), which);
  }

  Bench& bench_;
  const Job& job_;
  const Trace& golden_;
  OutputOrder order_;
  std::vector<std::int32_t> output_, accumulators_;
};

/// What probing the rows of the array showed.
struct RowProbe {
  std::optional<std::int64_t>
      row;  ///< The one PE row that the difference needs, and that suffices.
  std::string evidence;
};

/// Zeroes the inputs of half the PE rows, and again, until one row is left that still gives a wrong
/// accumulator `flat`; the sums of the others tell whether it is the only one. `region`, alone,
/// gives that element wrong. Weight-stationary products only.
RowProbe probe_rows(Probe& probe, const Region& region, std::int64_t flat);

}  // namespace systole
