// bad_input.h: what every refusal has in common.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/support/process.h"

namespace systole::test {

/// Fails the test unless `finished` is a refusal: exit code 2, nothing on stdout, and on stderr one
/// line that begins with `systole: error: ` and contains all of `words` in this order.
void expect_refused(const Finished& finished, const std::vector<std::string>& words);

/// The same for `systole run` of the embedded network on a small design with these settings and
/// options, which moreover must leave no verdict.
void expect_run_refused(const std::vector<std::string>& settings,
                        const std::vector<std::string>& options,
                        const std::vector<std::string>& words);

}  // namespace systole::test
