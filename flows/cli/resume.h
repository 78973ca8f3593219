// resume.h: takes over what an earlier, unfinished run has done.
#pragma once

#include <string>

#include "golden/trace.h"
#include "sim/report/read_verdict.h"
#include "sim/report/run_report.h"
#include "sim/run/select.h"

namespace systole {

/// Throws InputError, naming what differs, unless `earlier` is a verdict on the same configuration
/// (but for `workers` and `checkpoint`), selection, network, inputs, design and version as
/// `report`, which need not have its ops yet.
void check_same_run(const EarlierVerdict& earlier, const RunReport& report);

/// Rows that match or mismatch, with their tensors from the trace in `rtl`. Throws InputError when
/// the trace is damaged, lacks one of them, or contradicts a match with `golden`.
EarlierOps take_over(const EarlierVerdict& earlier, const std::string& rtl, const Trace& golden);

}  // namespace systole
