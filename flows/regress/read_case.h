// read_case.h: a case's verdict.json, as far as a regression shows it.
#pragma once

#include <string>

#include "flows/regress/result.h"

namespace systole::regress {

struct ReadCase {
  std::string state;   ///< "match", "mismatch", "failed", "incomplete".
  std::string reason;  ///< Why the run, or its first failed op, failed.
  RunVerdict verdict;
};

/// Throws InputError when the file is missing, or not what `systole run` writes.
ReadCase read_case(const std::string& file);

}  // namespace systole::regress
