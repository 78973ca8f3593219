// check_import.h: an imported network against the tensors that its own tool recorded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "golden/trace.h"
#include "model/network/network.h"
#include "model/tensor/compare.h"

namespace systole {

/// How one op's output compares with the recorded one.
struct OpAgreement {
  Comparison comparison;
  double largest = 0;  ///< The largest |difference| of a compared element.
};

/// An op whose output the tool recorded.
struct ImportedOp {
  std::string name;
  std::string op;
  OpAgreement recorded;  ///< From the tool's own operands, as far as they were recorded.
  OpAgreement chained;   ///< From the network's inputs through our own results.
};

/// Counts that are known and explained, by op.
struct ExpectedDifference {
  std::int64_t recorded = 0;
  std::int64_t chained = 0;
  std::string reason;
};
using ExpectedDifferences = std::map<std::string, ExpectedDifference>;

/// Runs every op of `network` twice and compares what the trace holds. An operand that was not
/// recorded, or not in the shape, kind and range that the network gives it, is computed from its
/// own operands. Throws InputError when the trace lacks an input of the network, holds tensors that
/// the network does not have, or is of another network, and what `check_network` throws.
std::vector<ImportedOp> check_import(const IntNetwork& network, const TraceReader& trace);

/// At least one element was compared, shapes agree, and every op differs in exactly as many
/// elements as expected: none, where `expected` does not name it.
bool agrees(const std::vector<ImportedOp>& ops, const ExpectedDifferences& expected);

/// The same for one op.
bool agrees(const ImportedOp& op, const ExpectedDifferences& expected);

/// Reads a file of `differences: [{op, recorded, chained, reason}]`; every op must be among `ops`.
/// Throws InputError.
ExpectedDifferences load_expected_differences(const std::string& path,
                                              const std::vector<ImportedOp>& ops);

}  // namespace systole
