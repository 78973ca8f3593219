// verdict_reuse.cpp: finds, adds, keeps; says what it could not do with -v only.
#include "flows/cli/verdict_reuse.h"

#include <spdlog/spdlog.h>

#include "flows/cli/stopwatch.h"
#include "sim/dut/cache.h"
#include "sim/run/verdict_cache.h"

namespace systole {

VerdictReuse::VerdictReuse(ReplaySetup& setup, const RunRequest& request) : setup_(setup) {
  // Chained ops depend on more than golden inputs. Without groups, nothing is kept either.
  if (request.coverage || request.config.mode != ReplayMode::kIsolated) return;
  if (!request.images.empty()) return;  // Keys know bundles.
  Stopwatch watch;
  groups_ = verdict_groups(setup, program_digest());
  if (!request.fresh) {
    FoundVerdicts found = find_verdicts(verdict_folder(), groups_, setup.earlier, setup.golden);
    for (const std::string& damaged : found.damaged) spdlog::info("{}", damaged);
    setup.earlier.merge(found.ops);
  }
  spdlog::info("keys of {} verdicts: {:.3f} s", groups_.size(), watch.lap());
}

void VerdictReuse::keep(const Replay& replay) const {
  Stopwatch watch;
  const std::string problem = keep_verdicts(verdict_folder(), groups_, setup_.earlier, replay);
  if (!problem.empty()) spdlog::info("verdicts are not kept for later runs: {}", problem);
  spdlog::info("kept verdicts: {:.3f} s", watch.lap());
}

}  // namespace systole
