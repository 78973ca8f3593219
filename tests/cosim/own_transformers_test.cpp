// own_transformers_test.cpp: float transformers of the data folder, quantised by us, on the design.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/tensor/npy.h"
#include "model/tensor/safetensors.h"
#include "tests/cosim/whole_run.h"
#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct OwnTransformer {
  std::string name;
  std::vector<std::string> inputs;  ///< Files of the export's batch.
  std::int64_t products;            ///< Of the array.
  std::int64_t compared;            ///< Elements of one input.
};

void PrintTo(const OwnTransformer& network, std::ostream* out) { *out << network.name; }

/// The batch as one file of samples.
fs::path samples_file(const OwnTransformer& network, const fs::path& folder,
                      const TempDirectory& temp) {
  if (network.inputs.size() == 1) return folder / (network.inputs[0] + ".npy");
  std::vector<SafetensorsEntry> entries;
  for (const std::string& name : network.inputs) {
    const IntTensor values = NpyFile((folder / name).string() + ".npy").read_int();
    entries.push_back(encode(name, values, storage_type(values)));
  }
  write_safetensors(temp.path("samples.safetensors"), entries);
  return temp / "samples.safetensors";
}

class OwnTransformers : public testing::TestWithParam<OwnTransformer> {};

TEST_P(OwnTransformers, HaveAllTheirProductsOnTheDesign) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  const fs::path folder = data / "torch2chip" / GetParam().name;
  const std::string samples = samples_file(GetParam(), folder, temp);
  ASSERT_EQ(import_bundle(
                {{"pytorch", (folder / "float_model.pth").string(), "--topology",
                  SYSTOLE_SOURCE_DIR "/tests/flows/import/topologies/" + GetParam().name + ".yaml",
                  "--samples", "test=" + samples, "--samples", "calibration=" + samples}},
                temp / "net"),
            "");
  const WholeRun own =
      run({"network=" + temp.path("net"), "dut.parameters.Rows=16", "dut.parameters.Cols=16"});
  ASSERT_EQ(own.finished.exit_code, 0) << own.finished.out << own.finished.err;
  EXPECT_EQ(own.verdict["verdict"], "match");
  EXPECT_EQ(own.verdict["mismatched"], 0);
  EXPECT_EQ(own.verdict["compared"], GetParam().compared);
  std::int64_t products = 0;
  for (const json& op : own.verdict["ops"]) {
    if (!op["op"].get<std::string>().starts_with("int_")) continue;
    ++products;
    EXPECT_EQ(op["engine"], "rtl") << op;
  }
  EXPECT_EQ(products, GetParam().products);
}

INSTANTIATE_TEST_SUITE_P(
    Of, OwnTransformers,
    testing::Values(OwnTransformer{"vit_w8a8_token", {"input"}, 14, 111524},
                    OwnTransformer{"swin_w8a8", {"input"}, 22, 381564},
                    OwnTransformer{"bert_w8a8", {"input_ids", "attention_mask"}, 18, 135300}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace systole::test
