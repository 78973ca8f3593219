// filelist_test.cpp: lists of sources, good and bad.
#include "sim/dut/filelist.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "model/config/error.h"
#include "tests/unit/sim/dut/fixture.h"

namespace systole::dut {
namespace {

using Strings = std::vector<std::string>;

class FilelistTest : public BuildTest {
 protected:
  void SetUp() override {
    rtl_ = folder_;
    for (const char* file : {"a.sv", "b.sv", "sub/c.sv"}) write(file, "");
  }

  std::string error_of(const std::string& text) {
    write("files.f", text);
    return message_of<InputError>([&] { read_filelist(rtl_, "files.f"); });
  }
};

TEST_F(FilelistTest, KeepsTheOrderAndSkipsComments) {
  write("files.f", "// first\nb.sv  # why\n\n a.sv // b.sv\n-Wno-WIDTH +define+X=1\n");
  const FileList list = read_filelist(rtl_, "files.f");
  EXPECT_EQ(list.sources, (Strings{"b.sv", "a.sv"}));
  EXPECT_EQ(list.arguments, (Strings{"b.sv", "a.sv", "-Wno-WIDTH", "+define+X=1"}));
}

TEST_F(FilelistTest, CountsPathsFromTheListsFolder) {
  write("sub/files.f", "c.sv\n../a.sv\n+incdir+inc+../top\n-y lib\n-v ../b.sv");
  const FileList list = read_filelist(rtl_, "sub/files.f");
  EXPECT_EQ(list.sources, (Strings{"sub/c.sv", "sub/../a.sv", "sub/../b.sv"}));
  EXPECT_EQ(list.search_folders, (Strings{"sub/inc", "sub/../top", "sub/lib"}));
}

TEST_F(FilelistTest, FollowsOtherLists) {
  write("files.f", "-F sub/more.f\n-f sub/flat.f\n");
  write("sub/more.f", "c.sv");
  write("sub/flat.f", "a.sv");
  EXPECT_EQ(read_filelist(rtl_, "files.f").sources, (Strings{"sub/c.sv", "a.sv"}));
}

TEST_F(FilelistTest, ExpandsTheEnvironment) {
  ::setenv("SYSTOLE_TEST_SUB", "sub", 1);
  write("files.f", "$SYSTOLE_TEST_SUB/c.sv ${SYSTOLE_TEST_SUB}/c.sv $(SYSTOLE_TEST_SUB)/c.sv");
  EXPECT_EQ(read_filelist(rtl_, "files.f").sources, (Strings(3, "sub/c.sv")));
}

TEST_F(FilelistTest, NamesFileAndLineOfABadEntry) {
  const std::string file = (rtl_ / "files.f").string();
  EXPECT_TRUE(error_of("a.sv\nmissing.sv\n").starts_with(file + ":2: missing.sv: got no such"));
  EXPECT_TRUE(error_of("\n\n$SYSTOLE_TEST_UNSET/a.sv").starts_with(file + ":3: "));
  EXPECT_TRUE(error_of("a.sv -F").starts_with(file + ":1: -F: expected a path"));
  EXPECT_TRUE(error_of("-F none.f").starts_with(file + ":1: dut.filelist: got no file"));
}

TEST_F(FilelistTest, RefusesListsWithoutSourcesAndLoops) {
  EXPECT_NE(error_of("// nothing\n").find("got no sources"), std::string::npos);
  EXPECT_NE(error_of("-F files.f\n").find("include one another"), std::string::npos);
}

TEST_F(FilelistTest, SaysWhichKeyNamesAMissingList) {
  const std::string text = message_of<InputError>([&] { read_filelist(rtl_, "none.f"); });
  EXPECT_TRUE(text.starts_with((rtl_ / "none.f").string() + ": dut.filelist: got no such file"))
      << text;
  EXPECT_NE(text.find("--rtl"), std::string::npos);
}

}  // namespace
}  // namespace systole::dut
