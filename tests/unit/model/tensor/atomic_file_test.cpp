// atomic_file_test.cpp: whole files or none.
#include "model/tensor/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

int files_in(const TemporaryFolder& folder) {
  const std::filesystem::directory_iterator files(folder.path());
  return static_cast<int>(std::distance(begin(files), end(files)));
}

TEST(WriteFileAtomically, WritesTheBytesAndNothingElse) {
  const TemporaryFolder folder;
  const std::string bytes("a\0b\n", 4);
  write_file_atomically(folder.path("f"), bytes);
  EXPECT_EQ(read_bytes(folder.path("f")), bytes);
  EXPECT_EQ(files_in(folder), 1);
}

TEST(WriteFileAtomically, JoinsPieces) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path("f"), std::array<std::string_view, 3>{"ab", "", "c"});
  EXPECT_EQ(read_bytes(folder.path("f")), "abc");
}

TEST(WriteFileAtomically, ReplacesAFileWhoseReadersKeepTheOldOne) {
  const TemporaryFolder folder;
  std::ifstream reader(folder.write("f", "old"));
  write_file_atomically(folder.path("f"), "new");
  std::string seen;
  reader >> seen;
  EXPECT_EQ(seen, "old");
  EXPECT_EQ(read_bytes(folder.path("f")), "new");
}

TEST(WriteFileAtomically, GivesOrdinaryPermissions) {
  const TemporaryFolder folder;
  const mode_t old_mask = ::umask(022);
  write_file_atomically(folder.path("f"), "x");
  ::umask(old_mask);
  struct stat status {};
  ASSERT_EQ(::stat(folder.path("f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644U);
}

TEST(WriteFileAtomically, FailsWithoutLeavingAnything) {
  const TemporaryFolder folder;
  EXPECT_EQ(message_of(folder, [&] { write_file_atomically(folder.path("no/f"), "x"); }),
            "no/f: got No such file or directory, expected a writable file; "
            "does its folder exist?");
  std::filesystem::create_directory(folder.path("d"));
  EXPECT_EQ(message_of(folder, [&] { write_file_atomically(folder.path("d"), "x"); }),
            "d: got Is a directory, expected a writable file; does its folder exist?");
  EXPECT_EQ(files_in(folder), 1);
}

}  // namespace
}  // namespace systole
