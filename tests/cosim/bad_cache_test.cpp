// bad_cache_test.cpp: caches that cannot be written, and how a run says so.
//
// Permissions do not bind root, so these caches lie where nobody can write: file systems of a
// mount namespace of their own, which the tests are skipped without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cosim/bad_input.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class BadCache : public testing::Test {
 protected:
  BadCache() { fs::create_directory(cache_); }

  /// The run of one op on a small design after `mount`, in which $CACHE is the cache's folder.
  Finished run_mounted(const std::string& mount) {
    std::vector<std::string> command = {"unshare", "--mount", "sh", "-c", mount + " && exec \"$@\"",
                                        "sh"};
    const auto run = systole_command(run_arguments(out_, {}, {"--op", "conv1"}), cache_);
    command.insert(command.end(), run.begin(), run.end());
    command.insert(command.begin(), {"env", "CACHE=" + cache_.string()});
    return run_process(command);
  }

  static bool can_mount() {
    return run_process({"unshare", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"}).exit_code ==
           0;
  }

  const TempDirectory directory_;
  const fs::path cache_ = directory_ / "cache";
  const fs::path out_ = directory_ / "out";
};

TEST_F(BadCache, IsAFile) {
  write_text(directory_ / "file", "");
  for (const char* cache : {"file", "file/deeper"})
    expect_refused(
        run_process(systole_command(run_arguments(out_, {}), directory_ / cache)),
        {(directory_ / "file").string(), "expected a folder that can be written", "SYSTOLE_CACHE"});
}

TEST_F(BadCache, LiesWhereNoFolderCanBeMade) {
  expect_refused(run_process(systole_command(run_arguments(out_, {}), "/proc/systole")),
                 {"/proc/systole", "expected a folder that can be written", "SYSTOLE_CACHE"});
}

TEST_F(BadCache, IsReadOnlyAndEmpty) {
  if (!can_mount()) GTEST_SKIP() << "no mount namespaces here";
  expect_refused(run_mounted("mount -t tmpfs -o ro none $CACHE"),
                 {cache_.string(), "Read-only file system", "expected a folder that can be written",
                  "SYSTOLE_CACHE"});
  EXPECT_FALSE(fs::exists(out_ / "verdict.json"));
}

TEST_F(BadCache, IsReadOnlyButHoldsTheDesign) {
  if (!can_mount()) GTEST_SKIP() << "no mount namespaces here";
  run({}, {"--op", "conv1"});  // Into the tests' own cache.
  const Finished finished =
      run_mounted("mount --bind " SYSTOLE_TEST_CACHE " $CACHE && mount -o remount,ro,bind $CACHE");
  EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("MATCH"));
}

TEST_F(BadCache, IsFull) {
  if (!can_mount()) GTEST_SKIP() << "no mount namespaces here";
  for (const char* size : {"4k", "64k"}) {  // Before and while Verilator writes.
    SCOPED_TRACE(size);
    const Finished finished =
        run_mounted(std::string("mount -t tmpfs -o size=") + size + " none $CACHE");
    EXPECT_EQ(finished.exit_code, 3) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("the cache has 0 kB left; set SYSTOLE_CACHE"));
    EXPECT_THAT(finished.out, Not(HasSubstr("MATCH")));
  }
}

TEST_F(BadCache, ThatWasFullServesTheNextRun) {
  if (!can_mount()) GTEST_SKIP() << "no mount namespaces here";
  const Finished finished = run_mounted(
      "mount -t tmpfs -o size=512k none $CACHE && ! \"$@\" && "
      "mount -o remount,size=64m $CACHE");
  EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("MATCH"));
  EXPECT_THAT(finished.out, HasSubstr("the cache has 0 kB left"));
}

}  // namespace
}  // namespace systole::test
