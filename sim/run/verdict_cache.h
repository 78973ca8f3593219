// verdict_cache.h: verdicts of earlier runs, found again by all that they depend on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "golden/trace.h"
#include "sim/run/select.h"
#include "sim/run/verdict_key.h"

namespace systole {

/// What a cache gives, marked as cached.
struct FoundVerdicts {
  EarlierOps ops;
  std::vector<std::string> damaged;  ///< A sentence per entry that was there and is not to be used.
};

/// Looks the groups up in `folder` (dut::verdict_folder()), but for those with an op in `known`.
/// Never throws for what the folder holds.
FoundVerdicts find_verdicts(const std::filesystem::path& folder,
                            const std::vector<VerdictGroup>& groups, const EarlierOps& known,
                            const Trace& golden);

/// Keeps in `folder` what `replay` has found of the groups without an op in `known`, each in a file
/// of its own, where every op matches or mismatches: what failed, or was not reached, is tried
/// again. Returns why it could not be kept; empty: it is.
std::string keep_verdicts(const std::filesystem::path& folder,
                          const std::vector<VerdictGroup>& groups, const EarlierOps& known,
                          const Replay& replay);

}  // namespace systole
