// sides.h: two RTL trees side by side: the bits that they computed, and in how many cycles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flows/regress/result.h"

namespace systole::regress {

/// One op on both trees.
struct OpSides {
  std::string name, op;
  OpState a = OpState::kSkipped, b = OpState::kSkipped;  ///< Against the golden trace.
  std::optional<std::int64_t> differing;  ///< Elements of B that are not as A's; none: unknown.
  std::int64_t elements = 0;
  std::uint64_t cycles_a = 0, cycles_b = 0;  ///< 0 where it did not end, or shares another's.

  bool have_ended() const;  ///< On both.
  /// Percent by which B takes longer; 0 where one has no cycles.
  double percent() const;
};

struct SideComparison {
  std::string name;  ///< Of the case.
  CaseState a = CaseState::kNotRun, b = CaseState::kNotRun;
  std::vector<OpSides> ops;  ///< In A's order, then those that only B has.
  std::string note;          ///< Why the bits were not compared.

  std::int64_t differing() const;
  std::uint64_t cycles_a() const, cycles_b() const;  ///< Of ops that ended on both.
  double percent() const;                            ///< Of the sums of cycles.
};

/// Pairs the cases of a regression of two trees. `out` is the regression's folder: the tensors are
/// those of the cases' rtl/ traces.
std::vector<SideComparison> compare_sides(const Regression& regression, const std::string& out);

}  // namespace systole::regress
