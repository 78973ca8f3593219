// options.h: over how many processes a run is spread.
#pragma once

#include "model/config/key_table.h"
#include "model/config/settings.h"

namespace systole {

/// The rows of the key table that do not change the results: `workers`, `checkpoint`, `explain.*`.
KeyTable worker_keys();

/// Processors that this process may use, at most 256.
int usable_processors();

/// The number given, else that of the processors which this process may use, at most 256.
int parse_workers(const Settings& settings);

}  // namespace systole
