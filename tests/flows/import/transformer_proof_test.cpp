// transformer_proof_test.cpp: the exported transformers of the data folder against what Torch2Chip
// computed.
#include <gtest/gtest.h>

#include <algorithm>

#include "model/network/bundle.h"
#include "model/network/execute.h"
#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

/// Of a real that other software sums in another order, values up to 10.
constexpr double kLastPlaces = 2e-6;

/// Elements that Torch2Chip recorded, as the data folder's README counts them.
struct Transformer {
  std::string name;
  std::int64_t products;       ///< Sums, of weights and of two activations.
  std::int64_t mul_shifts;     ///< Reals, without the scores, which stay within `score_softmax`.
  std::int64_t codes;          ///< Of quantizers and MulQuants.
  std::int64_t probabilities;  ///< Codes of softmax.
};

void PrintTo(const Transformer& network, std::ostream* out) { *out << network.name; }

constexpr std::int64_t kVitCodes = 19200 + 19200, kSwinCodes = 62720 + 62720;
const Transformer kTransformers[] = {
    {"vit_w4a8_sfl20", 53400, 34200 - 15000, kVitCodes, 15000},
    {"vit_w8a8_lsq_adaround", 53400, 34200 - 15000, kVitCodes, 15000},
    {"vit_w8a8_smooth", 53400, 34200 - 15000, kVitCodes, 15000},
    {"vit_w8a8_token", 53400, 34200 - 15000, kVitCodes, 15000},
    {"swin_w8a8", 173460, 110740 - 48020, kSwinCodes, 48020},
    {"bert_w8a8", 98304, 61440 - 36864, 24576 + 36864, 36864},
    {"bert_w8a8_token_asis", 49152, 30720 - 18432, 18432 + 12288, 18432},
};

fs::path tests_folder() { return fs::path(SYSTOLE_SOURCE_ROOT) / "tests"; }

Source source_of(const fs::path& folder, const fs::path& topology, const std::string& entry) {
  return {{"torch2chip", folder.string(), "--topology", topology.string(), "--entry", entry}};
}

/// The tiny exports that tests/fixtures/torch2chip/make_transformers.py computed, per token,
/// shifted windows, padding.
TEST(TransformerFixtures, GiveEveryElementThatWasRecorded) {
  const TempDirectory temp;
  for (const std::string name : {"vit", "swin", "bert"})
    for (const std::string entry : {"image", "integer"}) {
      SCOPED_TRACE(name + ", entry " + entry);
      const fs::path folder = tests_folder() / "fixtures/torch2chip" / name;
      const Source source = source_of(folder, folder / "topology.yaml", entry);
      ASSERT_EQ(import_bundle(source, temp / (name + entry)), "");
      const nlohmann::json checked = check_goldens(source, temp / (name + entry),
                                                   {folder / "tensors", folder / "recorded.npz"});
      EXPECT_EQ(checked["exit"], 0);
      EXPECT_GT(count(checked).compared, 1000);
      EXPECT_EQ(count(checked).recorded, 0);
      EXPECT_EQ(count(checked).chained, 0);
    }
}

/// What a case recorded, of its network from the input on.
std::vector<fs::path> goldens_of(const fs::path& folder) {
  std::vector<fs::path> goldens = {folder / "tensors", folder / "tensors_extra.npz"};
  for (const char* name : {"input.npy", "input_ids.npy", "attention_mask.npy"})
    if (fs::exists(folder / name)) goldens.push_back(folder / name);
  return goldens;
}

class TransformerNetwork : public testing::TestWithParam<Transformer> {};

TEST_P(TransformerNetwork, EqualsWhatTorch2ChipComputedInEveryCode) {
  SYSTOLE_REQUIRE_DATA(data);
  const Transformer& network = GetParam();
  const fs::path folder = data / "torch2chip" / network.name;
  const std::string file = network.name + ".yaml";
  const fs::path imports = tests_folder() / "flows/import";
  const Source source = source_of(folder, imports / "topologies" / file, "image");
  const TempDirectory temp;
  ASSERT_EQ(import_bundle(source, temp / "net"), "");
  const nlohmann::json checked =
      check_goldens(source, temp / "net", goldens_of(folder), imports / "differences" / file);
  EXPECT_EQ(checked["exit"], 0);

  const auto expect_all = [&](const std::vector<std::string>& kinds, std::int64_t elements) {
    const Counts counts = count(checked, kinds);
    EXPECT_EQ(counts.compared, elements) << kinds[0];
    EXPECT_EQ(counts.recorded, 0) << kinds[0];
    EXPECT_EQ(counts.chained, 0) << kinds[0];
  };
  expect_all({"int_matmul", "int_batch_matmul"}, network.products);
  expect_all({"float_mul_shift"}, network.mul_shifts);
  expect_all({"quantize", "requantise"}, network.codes);
  expect_all({"score_softmax"}, network.probabilities);

  // The heads as they enter a product of two activations, merged heads as they leave it.
  const Counts operands = count(checked, {"transpose", "reshape"});
  EXPECT_GT(operands.compared, 0);
  EXPECT_EQ(operands.recorded + operands.chained, 0);

  // Convolutions, layer norms, GELU: reals, and PyTorch's last places.
  for (const auto& op : checked.at("ops")) {
    EXPECT_LT(op["recorded"]["largest"].get<double>(), kLastPlaces) << op["name"];
    EXPECT_LT(op["chained"]["largest"].get<double>(), kLastPlaces) << op["name"];
  }
}

INSTANTIATE_TEST_SUITE_P(Data, TransformerNetwork, testing::ValuesIn(kTransformers),
                         [](const auto& network) { return network.param.name; });

/// Of DeiT-Tiny's shape: its activations must stay as large as a trained network's, or what
/// quantises it has nothing to do.
TEST(RandomTransformer, KeepsItsActivationsInRange) {
  const TempDirectory temp;
  write_text(temp.path("net.yaml"),
             "format: systole-topology\nversion: 1\nname: net\ninput: {shape: [3, 64, 64]}\n"
             "layers:\n  - vit_embed: {channels: 96, patch: 16}\n"
             "  - vit_block: {blocks: 12, heads: 3, hidden: 384}\n  - layer_norm: {id: norm}\n"
             "  - token\n  - linear_float: {id: head, features: 10}\n");
  const Finished made = run_systole({"random", "--topology", temp.path("net.yaml"), "--seed", "3",
                                     "--count", "2", "-o", temp.path("net")});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Bundle bundle = load_bundle(temp.path("net"));
  const auto& network = std::get<FloatNetwork>(bundle.network);
  int softmaxes = 0;
  run_float(network, real_inputs(bundle.samples.at("test").inputs, network.inputs),
            [&](const FloatNode& node, const FloatTensor& y) {
              const auto [lo, hi] = std::minmax_element(y.data.begin(), y.data.end());
              EXPECT_LT(*hi - *lo, 200) << node.name;
              EXPECT_GT(*hi - *lo, 0.1) << node.name;
              softmaxes += std::holds_alternative<Softmax>(node.op) ? 1 : 0;
            });
  EXPECT_EQ(softmaxes, 12);
}

}  // namespace
}  // namespace systole::test
