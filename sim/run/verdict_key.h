// verdict_key.h: names a verdict by everything that it depends on.
#pragma once

#include <string>
#include <vector>

#include "sim/run/replay.h"

namespace systole {

/// Ops whose rows follow from the same jobs, and are kept or dropped together: a product and all of
/// its mul_quants, or one op of the lanes.
struct VerdictGroup {
  std::vector<const IntNode*> ops;
  std::string key;  ///< SHA-256 over all that their rows and tensors depend on.
};

/// The selected ops of a replay. A group's key covers
///
/// - `program`, which stands for this program's code and libraries;
/// - the design (its build's key, its geometry) and the bench's options but for the quantum, which
///   changes no result (sim/README.md);
/// - each op: name, attributes, all of its tensors, and its golden output;
/// - the golden inputs, by the trace's hashes;
/// - how the ops are cut into units, each one's number (which varies poison and stalls), and all
///   that the same design has computed before it.
///
/// Not the number of workers, nor anything of ops that no unit of the group comes after.
std::vector<VerdictGroup> verdict_groups(const ReplaySetup& setup, const std::string& program);

/// The `program` of this process: its linker's build id (of a program that has none, its file's
/// hash) and SystemC's version.
std::string program_digest();

}  // namespace systole
