// onnx_qdq_refusals_test.cpp: what has no QDQ form, and bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/flows/export/onnx_qdq.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::MatchesRegex;

const fs::path kFixtures = SYSTOLE_SOURCE_DIR "/tests/fixtures";
const std::string kTinyInt = (kFixtures / "tiny_int").string();

Finished export_model(const std::string& bundle, const std::string& out) {
  return run_systole({"export", "--onnx-qdq", bundle, "-o", out});
}

/// The export fails with one line that has these words, and leaves nothing behind.
void expect_refused(const std::string& bundle, const std::vector<std::string>& words) {
  const TempDirectory temp;
  const Finished finished = export_model(bundle, temp.path("net.onnx"));
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(finished.out, "");
  EXPECT_THAT(finished.err, MatchesRegex("(systole: )?error: [^\n]+\n"));
  for (const std::string& word : words) EXPECT_THAT(finished.err, HasSubstr(word));
  EXPECT_TRUE(fs::is_empty(temp.path()));
}

/// The fixture of every op without the ops of these names; `outputs` instead of its own.
std::string without(const std::vector<std::string>& names, const std::string& outputs,
                    const fs::path& folder) {
  fs::create_directories(folder);
  const fs::path from = kFixtures / "bundle_v1/integer";
  fs::copy_file(from / "tensors.safetensors", folder / "tensors.safetensors");
  std::istringstream lines(read_text(from / "network.yaml"));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const auto is_of = [&](const std::string& name) {
      return line.starts_with("  - {name: " + name + ",");
    };
    if (std::any_of(names.begin(), names.end(), is_of)) continue;
    text += line.starts_with("outputs:") ? "outputs: [" + outputs + "]\n" : line + "\n";
  }
  write_text(folder / "network.yaml", text);
  return folder.string();
}

/// What the fixture has without QDQ form, each before the ones behind it.
const std::vector<std::string> kWithoutForm = {"floor",         "mul_shift",     "mul_shift_real",
                                               "mul_shift_int", "pad_real",      "concat_real",
                                               "float_concat",  "float_flatten", "float_linear"};

TEST(OnnxQdqRefuses, OpsWithoutAFormByName) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"floor", {"floor (mul_quant): has no QDQ form: it rounds down", "half_even"}},
      {"mul_shift", {"mul_shift (mul_shift): has no QDQ form", "requantise it"}},
      {"mul_shift_real", {"mul_shift_real (float_mul_shift): has no QDQ form", "systole lower"}}};
  for (const auto& [name, words] : cases) {
    SCOPED_TRACE(name);
    const TempDirectory temp;
    std::vector<std::string> others = kWithoutForm;
    std::erase(others, name);
    expect_refused(without(others, "half_even", temp / "net"), words);
  }
}

TEST(OnnxQdqRefuses, SumsOf32BitsAsAnOutput) {
  const TempDirectory temp;
  expect_refused(without(kWithoutForm, "half_even, conv", temp / "net"),
                 {"conv: got sums of 32 bits as an output"});
}

/// Every op that has a form, in one network: what differs is what a warning names.
TEST(OnnxQdqOps, DifferOnlyWhereAWarningSaysSo) {
  const TempDirectory temp;
  const std::string bundle =
      without(kWithoutForm, "softmax, image, float_global_avg_pool", temp / "net");
  const std::string model = temp.path("net.onnx"), trace = temp.path("trace");
  const Finished exported = run_systole({"export", "--onnx-qdq", bundle, "-o", model, "--json"});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  std::string warned;
  const auto summary = nlohmann::json::parse(exported.out);
  for (const auto& warning : summary["warnings"]) warned += warning.get<std::string>() + "\n";

  ASSERT_EQ(run_onnx({model, "--bundle", bundle, "--record", trace}).exit_code, 0);
  const Finished check = run_systole({"check-import", bundle, trace, "--json"});
  const nlohmann::json result = nlohmann::json::parse(check.out), ops = result["ops"];
  EXPECT_GE(ops.size(), 30U);
  std::int64_t differing = 0;
  for (const auto& op : ops) {
    const auto count = op["recorded"]["mismatched"].get<std::int64_t>();
    EXPECT_GT(op["recorded"]["compared"].get<std::int64_t>(), 0);
    EXPECT_LE(op["recorded"]["largest"].get<double>(), 1.0);
    if (count > 0) {
      EXPECT_THAT(warned, HasSubstr(op["name"].get<std::string>() + " ("));
    }
    differing += count;
  }
  EXPECT_GT(differing, 0);  // Ties are there.
  EXPECT_LE(differing, 40);
}

TEST(OnnxQdqRefuses, WhatIsNoIntegerBundle) {
  expect_refused((kFixtures / "tiny_float").string(),
                 {"tiny_float: kind: got float, expected integer", "systole quantize"});
  expect_refused("no/such", {"no/such"});
  expect_refused(kFixtures.string(), {"network.yaml"});
}

TEST(OnnxQdqRefuses, BundlesWithoutTheirTensorsOrWithDamagedOnes) {
  const TempDirectory temp;
  const fs::path folder = temp / "net";
  fs::create_directories(folder);
  fs::copy_file(fs::path(kTinyInt) / "network.yaml", folder / "network.yaml");
  expect_refused(folder.string(), {"tensors.safetensors"});
  const std::string tensors = read_text(fs::path(kTinyInt) / "tensors.safetensors");
  write_text(folder / "tensors.safetensors", tensors.substr(0, tensors.size() / 2));
  expect_refused(folder.string(), {"tensors.safetensors"});
  fs::copy_file(kFixtures / "tiny_float/tensors.safetensors", folder / "tensors.safetensors",
                fs::copy_options::overwrite_existing);
  expect_refused(folder.string(), {"conv1.weight of dtype F32"});
}

TEST(OnnxQdqRefuses, PlacesThatCannotBeWritten) {
  const TempDirectory temp;
  temp.write("file", "text");
  for (const std::string& out : {temp.path(), temp.path("file") + "/net.onnx"}) {
    const Finished finished = export_model(kTinyInt, out);
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, MatchesRegex("error: [^\n]+: cannot write here: [^\n]+\n"));
  }
  EXPECT_EQ(read_text(temp / "file"), "text");
}

TEST(OnnxQdqRefuses, OptionsOfMemoryImages) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{SYSTOLE_SOURCE_DIR "/configs/digits.yaml"},
        {"--stimulus"},
        {"--style", "torch2chip"},
        {"--set", "quantize.weight_bits=4"}}) {
    std::vector<std::string> words = {"export", "--onnx-qdq", kTinyInt, "-o", "/tmp/net.onnx"};
    words.insert(words.end(), more.begin(), more.end());
    const Finished finished = run_systole(words);
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, HasSubstr("--onnx-qdq: got a configuration or an option"));
  }
  EXPECT_THAT(run_systole({"export", "-o", "/tmp/net"}).err,
              HasSubstr("expected CONFIG or --onnx-qdq BUNDLE"));
}

TEST(OnnxQdqInputs, AreTheSamplesAsRealsWithChannelsFirst) {
  const TempDirectory temp;
  const Finished finished = run_systole({"export", "--onnx-qdq", kTinyInt, "-o",
                                         temp.path("net.onnx"), "--inputs", temp.path("in.npz")});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("net.onnx: opset 21, "));
  // Codes of image are uint8 with zero point 128 and scale 1/128.
  const std::string script =
      "import sys, numpy as np, safetensors.numpy as s\n"
      "codes = s.load_file(sys.argv[2])['test.image'].astype(np.float64)\n"
      "x = np.load(sys.argv[1])['image']\n"
      "print(x.dtype, x.shape[1:], (x == ((codes - 128) / 128).transpose(0, 3, 1, 2)).all())\n";
  EXPECT_EQ(run_process({SYSTOLE_SOURCE_DIR "/build/python/bin/python", "-c", script,
                         temp.path("in.npz"), kTinyInt + "/tensors.safetensors"})
                .out,
            "float32 (3, 6, 6) True\n");
}

TEST(RunOnnxRefuses, ModelsBundlesAndTracesThatDoNotFit) {
  const TempDirectory temp;
  const std::string model = temp.path("net.onnx");
  ASSERT_EQ(export_model(kTinyInt, model).exit_code, 0);
  const std::string damaged = temp.write("damaged.onnx", read_text(model).substr(0, 5000));
  const auto expect = [](const std::vector<std::string>& words, const std::string& message) {
    const Finished finished = run_onnx(words);
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, MatchesRegex("error: [^\n]+\n"));
    EXPECT_THAT(finished.err, HasSubstr(message));
  };
  expect({damaged, "--bundle", kTinyInt, "--record", temp.path("out")}, "damaged.onnx");
  expect({temp.path("none.onnx"), "--bundle", kTinyInt, "--record", temp.path("out")}, "none.onnx");
  expect({model, "--bundle", temp.path(), "--record", temp.path("out")}, "network.yaml");
  expect({model, "--bundle", kTinyInt, "--trace", temp.path()}, "trace.json");
  expect({model, "--bundle", kTinyInt}, "--trace or --record");
}

}  // namespace
}  // namespace systole::test
