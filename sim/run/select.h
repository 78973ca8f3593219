// select.h: which jobs of a plan a run simulates.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/network/network.h"
#include "sim/check/verdict.h"
#include "sim/schedule/job.h"

namespace systole {

/// An op that an earlier run has judged: match or mismatch.
struct EarlierOp {
  OpVerdict row;
  std::optional<IntTensor> tensor;  ///< What the design computed, where it does not match.
};
using EarlierOps = std::map<std::string, EarlierOp>;

/// Throws InputError, listing the ops, when no op of `network` matches the shell pattern; empty:
/// all.
void check_pattern(const IntNetwork& network, const std::string& pattern);

/// The jobs of `plan` whose product or quant matches `pattern` (a shell pattern; empty: all).
/// Throws InputError, listing the ops, when none does.
std::vector<Job> select_jobs(const Plan& plan, const std::string& pattern);

/// Removes what cannot be taken over: ops of jobs that are in `earlier` in part only, where a
/// product and all its mul_quants count as one.
void drop_unfinished(const std::vector<Job>& jobs, EarlierOps& earlier);

}  // namespace systole
