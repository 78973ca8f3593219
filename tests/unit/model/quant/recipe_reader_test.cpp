// recipe_reader_test.cpp: recipe files, and what is wrong with them.
#include <gmock/gmock.h>

#include "model/quant/recipe.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

Recipe read(const std::string& yaml) {
  const TemporaryFolder folder;
  test::write_text(folder.path("r.yaml"), yaml);
  return load_recipe(folder.path("r.yaml"));
}

std::string fault_of(const std::string& yaml) {
  const TemporaryFolder folder;
  test::write_text(folder.path("r.yaml"), yaml);
  return message_of(folder, [&] { load_recipe(folder.path("r.yaml")); });
}

TEST(RecipeFile, ChangesOnlyWhatItNames) {
  const Recipe recipe = read("weights: {bits: 4}\n");
  QuantizerRecipe expected = Recipe{}.weights;
  expected.bits = 4;
  EXPECT_EQ(recipe.weights, expected);
  EXPECT_EQ(recipe.activations, Recipe{}.activations);
}

TEST(RecipeFile, SaysHowStreamsAndProbabilitiesAreCoded) {
  const Recipe recipe = read("streams: {bits: 12}\nprobability_factor: 256\n");
  EXPECT_EQ(recipe.streams.bits, 12);
  EXPECT_EQ(recipe.streams.sign, CodeSign::kSigned);
  EXPECT_EQ(recipe.probability_factor, 256);
  for (const char* factor : {"0", "257"})
    EXPECT_EQ(fault_of(std::string("probability_factor: ") + factor + "\n"),
              std::string("r.yaml:1: probability_factor: got ") + factor +
                  ", expected an integer in [1, 256]");
}

TEST(RecipeFile, HoldsEveryKeyOfAQuantizer) {
  const Recipe recipe = read(
      "activations:\n"
      "  bits: 5\n"
      "  signed: true\n"
      "  symmetric: false\n"
      "  narrow: true\n"
      "  fit: even_steps\n"
      "  format: {exponent_bits: 3, mantissa_bits: 2, specials: none, subnormals: false}\n"
      "  granularity: {token: 1}\n"
      "  method: {percentile: 99.9}\n"
      "  rounding: half_up\n");
  const FloatFormat format = {.exponent_bits = 3,
                              .mantissa_bits = 2,
                              .bias = 3,
                              .specials = FloatSpecials::kNone,
                              .has_subnormals = false};
  const QuantizerRecipe expected = {.bits = 5,
                                    .sign = CodeSign::kSigned,
                                    .is_symmetric = false,
                                    .is_narrow = true,
                                    .fit = SymmetricFit::kEvenSteps,
                                    .float_format = format,
                                    .granularity = PerToken{1},
                                    .method = Percentile{99.9},
                                    .rounding = Rounding::kHalfUp};
  EXPECT_EQ(recipe.activations, expected);
}

TEST(RecipeFile, KnowsEveryMethodByName) {
  const std::vector<std::pair<std::string, RangeMethod>> all = {
      {"minmax", MinMax{}},         {"moving_average", MovingAverageMinMax{}},
      {"mse", MseSearch{}},         {"sqnr", SqnrSearch{}},
      {"kl", KlEntropy{}},          {"sawb", Sawb{}},
      {"lsq", LsqStep{}},           {"rcf", Rcf{}},
      {"percentile", Percentile{}}, {"{moving_average: 0.5}", MovingAverageMinMax{0.5}},
      {"{sqnr: 2}", SqnrSearch{2}}};
  for (const auto& [text, method] : all)
    EXPECT_EQ(read("weights: {method: " + text + "}").weights.method, method) << text;
}

TEST(RecipeFile, KnowsGranularitiesAndFloatFormats) {
  const auto granularity = [](const std::string& text) {
    return read("weights: {granularity: " + text + "}").weights.granularity;
  };
  EXPECT_EQ(granularity("tensor"), Granularity(PerTensor{}));
  EXPECT_EQ(granularity("channel"), Granularity(PerChannel{-1}));
  EXPECT_EQ(granularity("token"), Granularity(PerToken{-2}));
  EXPECT_EQ(granularity("{channel: 2}"), Granularity(PerChannel{2}));
  EXPECT_EQ(granularity("{blocks: [all, 16]}"), Granularity(Blocks{{kWholeAxis, 16}}));
  const auto format = [](const std::string& text) {
    return read("weights: {format: " + text + "}").weights.float_format;
  };
  EXPECT_EQ(format("E4M3"), float8_e4m3());
  EXPECT_EQ(format("E5M2"), float8_e5m2());
  EXPECT_EQ(format("E3M4"), float8_e3m4());
  EXPECT_EQ(format("FP16"), float16());
  EXPECT_EQ(format("int"), std::nullopt);
}

TEST(RecipeFile, LearnedRoundingsHaveOptions) {
  const auto learned = [](const std::string& text) {
    return read("weights: {rounding: " + text + "}").weights.learned_rounding;
  };
  EXPECT_EQ(learned("half_up"), std::nullopt);
  EXPECT_EQ(learned("adaround"), RoundingOptions{});
  EXPECT_EQ(learned("qdrop")->drop_probability, 0.5);
  EXPECT_EQ(learned("{adaround: {iterations: 7, seed: 3}}"),
            (RoundingOptions{.iterations = 7, .seed = 3}));
  EXPECT_EQ(learned("{qdrop: {drop: 0.25}}")->drop_probability, 0.25);
}

TEST(RecipeFile, ReadsScalesConventionsAndSmoothing) {
  const Recipe recipe = read(
      "scales: {format: fixed, bits: 24, frac_bits: 20, strict: true}\n"
      "arithmetic: float32\n"
      "scales_as: inverse\n"
      "rounding: floor\n"
      "smooth: {alpha: 0.75, explicit: true, ops: ['block*', fc]}\n");
  EXPECT_EQ(recipe.scale, (ScaleFormat{ScaleFormat::Kind::kFixed, 24, 20, true}));
  EXPECT_EQ(recipe.convention, (QuantizerConvention{Arithmetic::kFloat32, ScaleKind::kInverse}));
  EXPECT_EQ(recipe.rounding, Rounding::kFloor);
  EXPECT_EQ(recipe.smooth->options.alpha, 0.75);
  EXPECT_TRUE(recipe.smooth->options.is_explicit);
  EXPECT_EQ(recipe.smooth->ops, (std::vector<std::string>{"block*", "fc"}));
}

TEST(RecipeFile, NamesWhatIsWrongWithIt) {
  const std::vector<std::pair<std::string, std::string>> all = {
      {"weights: {bits: 1}", "r.yaml:1: weights.bits: got 1, expected 2 to 16 bits"},
      {"weights: {bits: 33}", "r.yaml:1: weights.bits: got 33, expected 2 to 16 bits"},
      {"activations: {method: {percentile: 0}}",
       "r.yaml:1: activations.method.percentile: got percentile 0, expected a percentile above 50 "
       "and at most 100"},
      {"activations: {method: {percentile: 101}}",
       "r.yaml:1: activations.method.percentile: got percentile 101, expected a percentile above "
       "50 and at most 100"},
      {"overrides:\n- {op: a, inputs: {x: none}}",
       "r.yaml:2: overrides[0].inputs.x: got none, expected the number of an operand as the key, "
       "from 0"},
      {"scales: {frac_bits: 3}",
       "r.yaml:1: scales.frac_bits: got 3, expected no frac_bits unless format is fixed; the other "
       "formats choose them"},
      {"overrides:\n- {op: a, outputs: {1: none}}",
       "r.yaml:2: overrides[0].outputs.1: got none, expected 0 as the key, the op's one output"},
      {"shared: {sum: {bits: 8}}\noverrides:\n- {op: a, outputs: {0: sun}}",
       "r.yaml:3: overrides[0].outputs.0: got sun, expected none, a name below `shared`, or a "
       "map; did you mean sum?"},
      {"overrides:\n- {op: a, inputs: {0: {scale: 0, signed: true}}}",
       "r.yaml:2: overrides[0].inputs.0.scale: got 0, expected a scale above 0"},
      {"smooth: {alpha: 2}", "r.yaml:1: smooth.alpha: got 2, expected a number in [0, 1]"}};
  for (const auto& [yaml, message] : all) EXPECT_EQ(fault_of(yaml), message) << yaml;
  EXPECT_THAT(fault_of("weights: {method: mce}"), testing::HasSubstr("did you mean mse?"));
  EXPECT_THAT(fault_of("activation: {}"), testing::HasSubstr("did you mean activations?"));
  EXPECT_THAT(fault_of("- 1"), testing::HasSubstr("a recipe"));
}

}  // namespace
}  // namespace systole
