// bundle_test.cpp: bundles that are written load back equal.
#include "model/network/bundle.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "model/config/error.h"
#include "tests/fixtures/tiny_float.h"
#include "tests/support/files.h"
#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

using test::read_text;
using test::TempDirectory;
using test::write_text;

void expect_equal(const Bundle& a, const Bundle& b) {
  EXPECT_TRUE(a.network == b.network);
  EXPECT_TRUE(a.samples == b.samples);
  EXPECT_EQ(a.description, b.description);
  EXPECT_EQ(a.source, b.source);
}

/// An integer network with what fusion never makes: the subtracting form, mul_shift, four modes.
IntNetwork unusual_network() {
  IntNetwork network;
  network.name = "unusual";
  network.inputs = {{.name = "x", .shape = {2}, .quantization = {.scale = 0.5, .type = {8, true}}}};
  network.outputs = {"shift", "x"};
  for (int mode = 0; mode < 4; ++mode) {
    const MulQuant quant{.channels = {{.scale = -3, .bias = std::int64_t{-1} << 60, .shift = 62}},
                         .rounding = static_cast<Rounding>(mode),
                         .zero_point = -7,
                         .zero_point_form = ZeroPointForm::kSubtract,
                         .clamp = {-8, 7}};
    network.nodes.push_back({.name = "quant" + std::to_string(mode),
                             .inputs = {"x"},
                             .op = quant,
                             .output = {.scale = 0.1, .type = {4, true}}});
  }
  network.nodes.push_back({.name = "shift",
                           .inputs = {"x"},
                           .op = MulShift{{{.scale = 2, .bias = -5, .shift = 3}, {.scale = 1}}},
                           .output = {.type = {32, true}}});
  return network;
}

TEST(Bundle, EveryFloatOpSurvivesWritingAndReading) {
  const TempDirectory temp;
  const Bundle bundle = tiny_float();
  write_bundle(temp.path("b"), bundle);
  expect_equal(load_bundle(temp.path("b")), bundle);
}

TEST(Bundle, EveryFusedOpSurvivesWritingAndReading) {
  const TempDirectory temp;
  const Bundle bundle = tiny_int();
  write_bundle(temp.path("b"), bundle);
  expect_equal(load_bundle(temp.path("b")), bundle);
}

TEST(Bundle, OpsThatFusionNeverMakesSurviveToo) {
  const TempDirectory temp;
  const Bundle bundle{.network = unusual_network(),
                      .hash = {},
                      .samples = {},
                      .description = "quotes \" and: colons\nand lines",
                      .source = {{"yes", "no"}, {"empty", ""}}};
  write_bundle(temp.path("b"), bundle);
  expect_equal(load_bundle(temp.path("b")), bundle);
}

/// A float network with a float input and what `tiny_float` lacks.
Bundle float_entry() {
  Bundle bundle;
  bundle.network = FloatNetwork{
      .name = "entry",
      .inputs = {{.name = "x", .shape = {2, 3, 1}, .quantization = {}, .is_float = true}},
      .outputs = {"free"},
      .nodes = {{.name = "pad", .inputs = {"x"}, .op = Pad{.amounts = {{0, 1}, {2, 0}, {0, 0}}}},
                {.name = "pass", .inputs = {"pad"}, .op = Identity{}},
                {.name = "drop", .inputs = {"pass"}, .op = Dropout{.rate = 0.1F}},
                {.name = "clamped", .inputs = {"drop"}, .op = Relu{.max = 0.1F}},
                {.name = "free", .inputs = {"clamped"}, .op = Relu{}}}};
  bundle.samples["test"].inputs["x"] = FloatTensor({1, 2, 3, 1}, {-1, 0, 0.05F, 0.1F, 0.2F, 9});
  bundle.samples["test"].labels = {4};
  return bundle;
}

TEST(Bundle, OpsOnRealsAndTheirInputSurviveToo) {
  const TempDirectory temp;
  write_bundle(temp.path("b"), float_entry());
  expect_equal(load_bundle(temp.path("b")), float_entry());
  const std::string text = read_text(temp.path("b/network.yaml"));
  EXPECT_NE(text.find("{name: x, shape: [2, 3, 1], type: float32}"), std::string::npos);
  EXPECT_NE(text.find("{name: clamped, op: relu, inputs: [drop], max: 0.1}"), std::string::npos);
  EXPECT_NE(text.find("{name: free, op: relu, inputs: [clamped]}"), std::string::npos);
}

TEST(Bundle, FactorsAndScalesKeepTheirLastBit) {
  const TempDirectory temp;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    IntNetwork network;
    network.name = "numbers";
    network.inputs = {{.name = "x", .shape = {2}, .quantization = {}, .is_float = true}};
    for (int i = 0; i < 50; ++i) {
      const auto bits = static_cast<std::uint32_t>(random.integer(0x00800000, 0x7f7fffff));
      const auto wide = random.integer(0x0010000000000000, 0x7fefffffffffffff);
      const QuantizeReal op{.factor = std::bit_cast<float>(bits), .range = {-128, 127}};
      network.nodes.push_back({.name = "op" + std::to_string(i),
                               .inputs = {"x"},
                               .op = op,
                               .output = {.scale = std::bit_cast<double>(wide)}});
    }
    network.outputs = {"op0"};
    const Bundle bundle{.network = network};
    write_bundle(temp.path("b"), bundle);
    EXPECT_TRUE(load_bundle(temp.path("b")).network == bundle.network) << "seed " << seed;
  }
}

TEST(Bundle, SamplesOfRealsKeepTheirBits) {
  const TempDirectory temp;
  Bundle bundle;
  bundle.network = IntNetwork{
      .name = "reals",
      .inputs = {{.name = "x", .shape = {2, 1}, .quantization = {}, .is_float = true}},
      .outputs = {"flat"},
      .nodes = {{.name = "flat", .inputs = {"x"}, .op = IntFlatten{}, .is_float = true}}};
  const std::vector<float> values = {-0.0F, 1e-45F, 3.4028235e38F, 0.1F, -1, 16777216};
  bundle.samples["test"].inputs["x"] = FloatTensor({3, 2, 1}, values);
  write_bundle(temp.path("b"), bundle);
  const Bundle loaded = load_bundle(temp.path("b"));
  expect_equal(loaded, bundle);
  const FloatTensor& x = reals(loaded.samples.at("test").inputs.at("x"));
  EXPECT_EQ(std::memcmp(x.data.data(), values.data(), sizeof(float) * values.size()), 0);
  EXPECT_EQ(loaded.samples.at("test").count(), 3);
}

TEST(Bundle, EqualBundlesGiveEqualBytesAndHash) {
  const TempDirectory temp;
  const std::string first = write_bundle(temp.path("a"), tiny_int());
  EXPECT_EQ(write_bundle(temp.path("b"), tiny_int()), first);
  EXPECT_EQ(load_bundle(temp.path("a")).hash, first);
  for (const char* file : {"/network.yaml", "/tensors.safetensors"})
    EXPECT_EQ(read_text(temp.path("a") + file), read_text(temp.path("b") + file));
}

TEST(Bundle, TheHashCoversBothFiles) {
  const TempDirectory temp;
  const std::string hash = write_bundle(temp.path("a"), tiny_int());
  write_text(temp.path("a/network.yaml"), read_text(temp.path("a/network.yaml")) + "\n");
  EXPECT_NE(load_bundle(temp.path("a")).hash, hash);
  write_bundle(temp.path("a"), tiny_int());
  std::string tensors = read_text(temp.path("a/tensors.safetensors"));
  tensors.back() = static_cast<char>(tensors.back() ^ 1);  // A label.
  write_text(temp.path("a/tensors.safetensors"), tensors);
  EXPECT_NE(load_bundle(temp.path("a")).hash, hash);
}

TEST(Bundle, WritingReplacesABundleAndLeavesNothingBeside) {
  const TempDirectory temp;
  write_bundle(temp.path("d/b"), tiny_float());
  write_bundle(temp.path("d/b/"), tiny_int());
  EXPECT_EQ(load_bundle(temp.path("d/b")).network.index(), 1U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(temp.path("d")), {}), 1);
}

TEST(Bundle, WritingNeverReplacesADirectoryWithOtherFiles) {
  const TempDirectory temp;
  std::filesystem::create_directory(temp.path("home"));
  write_text(temp.path("home/thesis.tex"), "years of work");
  try {
    write_bundle(temp.path("home"), tiny_int());
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), temp.path("home") +
                                ": got a directory that holds thesis.tex, expected an empty one or "
                                "nothing; name another directory, or remove this one");
  }
  EXPECT_EQ(read_text(temp.path("home/thesis.tex")), "years of work");
}

TEST(Bundle, TheOtherKindOfNetworkIsAnError) {
  const Bundle bundle = tiny_int();
  EXPECT_NO_THROW(int_network(bundle, "b"));
  try {
    float_network(bundle, "b");
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "b: kind: got integer, expected float");
  }
}

TEST(Bundle, CommittedFixturesAreWhatTheGeneratorWrites) {
  const std::string remake = "run make_fixtures tests/fixtures and review the difference";
  const TempDirectory temp;
  write_bundle(temp.path("tiny_float"), tiny_float());
  write_bundle(temp.path("tiny_int"), tiny_int());
  for (const char* file : {"tiny_float/network.yaml", "tiny_float/tensors.safetensors",
                           "tiny_int/network.yaml", "tiny_int/tensors.safetensors"}) {
    const std::string committed = std::string(SYSTOLE_FIXTURES) + "/" + file;
    EXPECT_TRUE(read_text(temp.path(file)) == read_text(committed)) << file << ": " << remake;
  }
}

}  // namespace
}  // namespace systole
