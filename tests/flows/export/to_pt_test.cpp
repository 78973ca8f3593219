// to_pt_test.cpp: .pt files of an export, by a stub of torch and by torch itself where it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "model/tensor/npy.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

const std::string kPython = SYSTOLE_SOURCE_DIR "/build/python/bin/python";
const std::string kToPt = SYSTOLE_SOURCE_DIR "/flows/export/to_pt.py";
const std::string kStub = SYSTOLE_SOURCE_DIR "/tests/flows/export/stub";

class ToPt : public testing::Test {
 protected:
  ToPt() {
    fs::create_directory(temp_ / "tensors");
    write_npy(temp_.path("tensors/a.ops_x1.npy"),
              IntTensor({2, 1}, std::vector<std::int32_t>{1, -2}));
    write_npy(temp_.path("tensors/b_y.npy"), IntTensor({1}, 1 << 30));
  }

  Finished convert(const std::string& folder) const {
    return run_process({"env", "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=" + kStub, kPython, kToPt,
                        temp_.path(folder)});
  }

  TempDirectory temp_;
};

#define SYSTOLE_REQUIRE_NUMPY() \
  if (!fs::exists(kPython)) GTEST_SKIP() << "flows/setup --python has not been run"

TEST_F(ToPt, SavesEveryArrayUnderItsName) {
  SYSTOLE_REQUIRE_NUMPY();
  write_text(temp_ / "tensors/b_y.pt", "old");
  const Finished finished = convert("tensors");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, "2 .pt files\n");
  EXPECT_EQ(read_text(temp_ / "tensors/a.ops_x1.pt"), "int32 (2, 1) [[1], [-2]]\n");
  EXPECT_EQ(read_text(temp_ / "tensors/b_y.pt"), "int32 (1,) [1073741824]\n");
  const fs::directory_iterator rest(temp_ / "");
  EXPECT_EQ(std::distance(rest, fs::directory_iterator()), 1);
}

TEST_F(ToPt, ExitsWithTwoOnAFolderWithoutArraysAndOnADamagedOne) {
  SYSTOLE_REQUIRE_NUMPY();
  fs::create_directory(temp_ / "empty");
  const Finished empty = convert("empty");
  EXPECT_EQ(empty.exit_code, 2);
  EXPECT_THAT(empty.err, testing::HasSubstr("empty: got no .npy file"));

  write_text(temp_ / "tensors/b_y.npy", read_text(temp_ / "tensors/b_y.npy").substr(0, 129));
  const Finished damaged = convert("tensors");
  EXPECT_EQ(damaged.exit_code, 2);
  EXPECT_THAT(damaged.err, testing::StartsWith("error: "));
}

TEST_F(ToPt, ExitsWithThreeAndWritesNothingWithoutTorch) {
  SYSTOLE_REQUIRE_NUMPY();
  const Finished finished = run_process({kPython, "-I", kToPt, temp_.path("tensors")});
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_EQ(finished.err, "no .pt files: No module named 'torch'\n");
  EXPECT_FALSE(fs::exists(temp_ / "tensors/b_y.pt"));
}

TEST_F(ToPt, IsReadBackByTorch) {
  if (run_process({"python3", "-c", "import numpy, torch"}).exit_code != 0)
    GTEST_SKIP() << "python3 has no torch";
  ASSERT_EQ(run_process({"python3", kToPt, temp_.path("tensors")}).exit_code, 0);
  const Finished read = run_process(
      {"python3", "-c",
       "import torch; t = torch.load('a.ops_x1.pt'); print(t.dtype, t.shape, t.tolist())"},
      temp_ / "tensors");
  EXPECT_EQ(read.out, "torch.int32 torch.Size([2, 1]) [[1], [-2]]\n") << read.err;
}

}  // namespace
}  // namespace systole::test
