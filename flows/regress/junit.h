// junit.h: a regression as JUnit XML, which build servers read.
#pragma once

#include <string>

#include "flows/regress/results_json.h"

namespace systole::regress {

/// One test suite per configuration file, one test case per case. A mismatch, or more cycles than
/// the baseline allows, is a <failure>; a case that failed, was flaky or ran out of time an
/// <error>; one that did not run is <skipped>. Bytes that XML cannot hold are replaced by '?'.
std::string to_junit(const RegressionReport& report);

/// `text` with every character that XML 1.0 cannot hold, and every byte that is not UTF-8, replaced
/// by '?'.
std::string xml_text(const std::string& text);

}  // namespace systole::regress
