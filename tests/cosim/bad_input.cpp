// bad_input.cpp: one message, no trace of the stack, no verdict.
#include "tests/cosim/bad_input.h"

#include <algorithm>

#include "tests/cosim/whole_run.h"

namespace systole::test {

void expect_refused(const Finished& finished, const std::vector<std::string>& words) {
  EXPECT_EQ(finished.exit_code, 2) << finished.err;
  EXPECT_EQ(finished.out, "");
  EXPECT_THAT(finished.err, testing::StartsWith("systole: error: "));
  EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  EXPECT_THAT(finished.err, testing::EndsWith("\n"));
  EXPECT_LT(finished.err.size(), 600) << finished.err;
  std::size_t at = 0;
  for (const std::string& word : words) {
    const std::size_t found = finished.err.find(word, at);
    EXPECT_NE(found, std::string::npos) << "no '" << word << "' in: " << finished.err;
    if (found != std::string::npos) at = found + word.size();
  }
}

void expect_run_refused(const std::vector<std::string>& settings,
                        const std::vector<std::string>& options,
                        const std::vector<std::string>& words) {
  const WholeRun refused = run(settings, options);
  expect_refused(refused.finished, words);
  EXPECT_TRUE(refused.verdict.is_null()) << refused.verdict;
}

}  // namespace systole::test
