// torch2chip_test.cpp: the files of an export in Torch2Chip's style.
#include "flows/export/torch2chip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "flows/export/products.h"
#include "model/tensor/npy.h"
#include "model/tensor/safetensors.h"
#include "tests/flows/export/two_products.h"
#include "tests/unit/model/support.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;

std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder))
    files[entry.path().filename().string()] = read_text(entry.path());
  return files;
}

class Torch2ChipExport : public testing::Test {
 protected:
  void write() const {
    write_torch2chip(temp_.path("out"), two_products(), run(two_products(), kImage));
  }

  TempDirectory temp_;
};

TEST_F(Torch2ChipExport, HasEveryTensorTwiceAndTheIndex) {
  write();
  EXPECT_EQ(files_of(temp_ / "out").size(), 1U);
  const fs::path folder = temp_ / "out/tensors";
  EXPECT_EQ(files_of(folder).size(), 8U);
  EXPECT_EQ(read_text(folder / "matmul.json"),
            "{\"block_conv\":{\"x_shape\":[1,2,1,3],\"y_shape\":[2,2,1,2],\"z_shape\":[1,2,1,3]},"
            "\"fc\":{\"x_shape\":[1,6],\"y_shape\":[6,2],\"z_shape\":[1,2]}}\n");

  const SafetensorsFile all((folder / "tensors.safetensors").string());
  EXPECT_EQ(all.names().size(), 6U);
  for (const Product& product : list_products(two_products(), run(two_products(), kImage)))
    for (const auto& [suffix, tensor] :
         {std::pair{"_x1", product.x1}, {"_x2", product.x2}, {"_y", product.y}}) {
      const std::string name = product.name + suffix;
      EXPECT_EQ(NpyFile((folder / (name + ".npy")).string()).read_int(), tensor) << name;
      EXPECT_EQ(all.read_int(name), tensor) << name;
      EXPECT_EQ(all.dtype(name), Dtype::kI32) << name;
    }
}

TEST_F(Torch2ChipExport, IsTheSameEveryTimeAndReplacesAnEarlierOne) {
  write();
  const auto first = files_of(temp_ / "out/tensors");
  write_text(temp_ / "out/tensors/fc_y.pt", "old");
  write();
  EXPECT_EQ(files_of(temp_ / "out/tensors"), first);
}

TEST_F(Torch2ChipExport, DoesNotReplaceOtherFiles) {
  fs::create_directories(temp_ / "out/tensors");
  write_text(temp_ / "out/tensors/thesis.tex", "");
  EXPECT_THAT(message_of([&] { write(); }), HasSubstr("a directory that holds thesis.tex"));
  EXPECT_EQ(files_of(temp_ / "out/tensors").size(), 1U);
}

TEST_F(Torch2ChipExport, IsRefusedWithoutAProduct) {
  IntNetwork network = two_products();
  network.nodes = {network.nodes[1]};
  network.outputs = {"flat"};
  EXPECT_THAT(
      message_of([&] { write_torch2chip(temp_.path("out"), network, run(network, kImage)); }),
      HasSubstr("two: got no integer product"));
  EXPECT_FALSE(fs::exists(temp_ / "out"));
}

}  // namespace
}  // namespace systole::test
