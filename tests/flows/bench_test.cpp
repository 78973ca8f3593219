// bench_test.cpp: `systole bench`: what it measures, and how it judges against a baseline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "flows/cli/bench_baseline.h"
#include "flows/cli/bench_model.h"
#include "model/config/error.h"
#include "model/ops/int_matmul.h"
#include "sim/dut/error.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;

/// A benchmark of one array and one network.
Json figures(double bare, double build_seconds, double network) {
  return {{"format", kBenchFormat},
          {"version", kBenchVersion},
          {"conditions", {{"processor", "A"}, {"cores", "2"}}},
          {"arrays",
           {{{"rows", 8},
             {"cols", 8},
             {"bare_macs_per_second", bare},
             {"build_seconds", build_seconds}}}},
          {"networks",
           {{{"name", "small"}, {"macs_per_second", network}},
            {{"name", "large"}, {"skipped", "not imported"}}}}};
}

Baseline baseline(const Json& json) { return {"base.json", json}; }

std::vector<double> ratios(const std::vector<FigureComparison>& all) {
  std::vector<double> ratios;
  for (const FigureComparison& comparison : all) ratios.push_back(comparison.ratio);
  return ratios;
}

TEST(Baseline, RatiosAreAboveOneWhereAFigureBecameBetter) {
  const BaselineReport report = compare_with(baseline(figures(100, 10, 40)), figures(200, 5, 10));
  EXPECT_THAT(ratios(report.figures), ElementsAre(2.0, 2.0, 0.25));
  EXPECT_EQ(report.figures[0].figure, "8x8 bare MAC/s");
  EXPECT_EQ(report.figures[1].figure, "8x8 build seconds");
  EXPECT_EQ(report.figures[2].figure, "small MAC/s");
}

TEST(Baseline, AFigureIsWorseOnlyBeyondTheTolerance) {
  const auto number_worse = [](double now, double tolerance) {
    return worse(compare_with(baseline(figures(100, 10, 40)), figures(now, 10, 40)).figures,
                 tolerance)
        .size();
  };
  EXPECT_EQ(number_worse(75, 0.25), 0);
  EXPECT_EQ(number_worse(74, 0.25), 1);
  EXPECT_EQ(number_worse(99, 0.0), 1);
  EXPECT_EQ(number_worse(100, 0.0), 0);
}

TEST(Baseline, NamesWhatIsNotTheSameMachine) {
  Json other = figures(1, 1, 1);
  other["conditions"] = {{"processor", "B"}, {"cores", "2"}};
  const BaselineReport report = compare_with(baseline(other), figures(1, 1, 1));
  EXPECT_THAT(report.notes, ElementsAre("processor: A, was B"));
}

TEST(Baseline, WithoutACommonFigureIsRefused) {
  Json other = figures(1, 1, 1);
  other["arrays"][0]["rows"] = 9;
  other["networks"][0]["name"] = "tiny";
  EXPECT_THROW(compare_with(baseline(other), figures(1, 1, 1)), InputError);
}

TEST(Baseline, ThatIsDamagedIsRefused) {
  for (const char* key : {"arrays", "networks", "conditions"}) {
    Json absent = figures(1, 1, 1), wrong = absent;
    absent.erase(key);
    wrong[key] = "text";
    EXPECT_THROW(compare_with(baseline(absent), figures(1, 1, 1)), InputError) << key;
    EXPECT_THROW(compare_with(baseline(wrong), figures(1, 1, 1)), InputError) << key;
  }
  Json text = figures(1, 1, 1);
  text["arrays"][0]["bare_macs_per_second"] = "fast";
  EXPECT_THROW(compare_with(baseline(text), figures(1, 1, 1)), InputError);
}

TEST(Baseline, ThatIsNoBenchmarkIsRefusedBeforeAnythingIsMeasured) {
  const TempDirectory folder;
  const std::string files[] = {(folder / "none").string(),
                               folder.write("text", "fast"),
                               folder.write("list", "[1]"),
                               folder.write("other", R"({"format": "systole-verdict"})"),
                               folder.write("number", R"({"format": 3, "version": 1})"),
                               folder.write("old", R"({"format": "systole-bench", "version": 0})")};
  for (const std::string& file : files) {
    const Finished bench = run_systole({"bench", "--baseline", file});
    EXPECT_EQ(bench.exit_code, 2) << file;
    EXPECT_THAT(bench.err, HasSubstr(file + ": --baseline: got"));
    EXPECT_EQ(bench.out, "");
  }
}

/// A benchmark of a 4x4 array and of one op of the embedded network on it.
std::vector<std::string> small_bench(const TempDirectory& folder) {
  const std::string config =
      folder.write("run.yaml", "network: " SYSTOLE_SOURCE_DIR
                               "/golden/digits\n"
                               "inputs: {count: 1}\nevaluation: {count: 1}\n"
                               "dut: {optimize: O0, parameters: {Rows: 4, Cols: 4}}\n");
  return {"bench",    "--sizes", "4",         "--runs",           "1",
          "--cycles", "1000",    "--network", "digits=" + config, "--json"};
}

TEST(Bench, MeasuresArraysAndNetworksAndJudgesThemAgainstABaseline) {
  const TempDirectory folder;
  std::vector<std::string> arguments = small_bench(folder);
  const Finished first = run_systole(arguments);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  Json json = Json::parse(first.out);
  const Json& array = json["arrays"][0];
  EXPECT_EQ(array["rows"], 4);
  EXPECT_LE(array["macs"], 16 * array["cycles"].get<std::int64_t>());
  for (const char* key : {"bare_macs_per_second", "bench_macs_per_second", "build_seconds",
                          "idle_cycles_per_second", "peak_bytes"})
    EXPECT_GT(array[key], 0.0) << key;
  const Json& network = json["networks"][0];
  EXPECT_EQ(network["name"], "digits");
  EXPECT_EQ(network["macs"], 1'061'776);
  for (const char* key : {"cycles", "seconds", "macs_per_second", "peak_bytes"})
    EXPECT_GT(network[key], 0.0) << key;

  json["arrays"][0]["peak_bytes"] = 1000;
  const std::string base = folder.write("base.json", json.dump());
  arguments.insert(arguments.end(), {"--no-networks", "--baseline", base});
  const Finished second = run_systole(arguments);
  EXPECT_EQ(second.exit_code, 1) << second.err;
  EXPECT_THAT(second.err, HasSubstr("4x4 peak bytes"));
}

/// Another library's int_matmul, wrong in its last element by Off, or without any.
template <int Off, bool Empty = false>
class FakePeer : public LayerPeer {
 public:
  FakePeer(const IntTensor& x, const IntTensor& w) : y_(int_matmul(x, w)) { y_.data.back() += Off; }
  void run() override {}
  IntTensor result() const override { return Empty ? IntTensor({0}) : y_; }
  std::string implementation() const override { return "fake"; }

  static std::unique_ptr<LayerPeer> make(const BenchLayer&, const IntTensor& x,
                                         const IntTensor& w) {
    return std::make_unique<FakePeer>(x, w);
  }

 private:
  IntTensor y_;
};

const BenchLayers kSmall = {"small", {{.count = 3, .batch = 2, .cin = 5, .cout = 7}}};
const ModelBenchOptions kShort = {.runs = 1, .seconds = 0};

TEST(BenchModel, CountsEveryLayerAsOftenAsTheNetworkHasIt) {
  const Json json = measure_layers(kSmall, kShort, FakePeer<0>::make);
  EXPECT_EQ(json["macs"], 3 * 2 * 5 * 7);
  const Json& layer = json["layers"][0];
  EXPECT_EQ(layer["layer"], "linear 5 -> 7");
  EXPECT_EQ(layer["macs"], 2 * 5 * 7);
  EXPECT_EQ(layer["onednn_implementation"], "fake");
  EXPECT_DOUBLE_EQ(json["seconds"], 3 * layer["seconds"].get<double>());
  EXPECT_DOUBLE_EQ(json["onednn_seconds"], 3 * layer["onednn_seconds"].get<double>());
}

TEST(BenchModel, EndsWhereResultsDifferOrThereAreNone) {
  EXPECT_THROW(measure_layers(kSmall, kShort, FakePeer<1>::make), SimulationError);
  EXPECT_THROW(measure_layers(kSmall, kShort, FakePeer<0, true>::make), SimulationError);
}

TEST(BenchModel, DividesOurSecondsByTheOthers) {
  const Json figures = {
      {"networks",
       {{{"name", "net"},
         {"macs", 4'000'000},
         {"seconds", 2e-3},
         {"onednn_seconds", 5e-4},
         {"layers",
          {{{"layer", "alone"}, {"count", 1}, {"macs", 4'000'000}, {"seconds", 2e-3}}}}}}},
      {"conditions", {{"kernel", "plain"}}}};
  EXPECT_EQ(model_to_text(figures),
            "net    layers  MMAC  ours us  GMAC/s  oneDNN us  GMAC/s  ratio\n"
            "alone       1  4.00   2000.0     2.0          -       -      -\n"
            "all            4.00   2000.0     2.0      500.0     8.0   4.00\n\n"
            "kernel: plain\n");
}

// Hand-counted: 3x3 and 1x1 convolutions and the linear layer; Howard et al. 2017 say 569 million.
TEST(BenchModel, HasEveryProductOfItsNetworks) {
  const Finished bench = run_systole({"bench", "--model", "--runs", "1", "--json"});
  ASSERT_EQ(bench.exit_code, 0) << bench.err;
  const Json json = Json::parse(bench.out);
  EXPECT_EQ(json["networks"][0]["macs"], 40'813'184);
  EXPECT_EQ(json["networks"][1]["macs"], 568'740'352);
  EXPECT_EQ(json["conditions"]["kernel"], to_string(fastest_int_kernel()));
}

TEST(BenchModel, RefusesWhatItDoesNotHave) {
  EXPECT_EQ(run_systole({"bench", "--model", "--kernel", "mmx"}).exit_code, 2);
  EXPECT_EQ(run_systole({"bench", "--model", "--batch", "0"}).exit_code, 2);
  EXPECT_EQ(run_systole({"bench", "--batch", "2"}).exit_code, 2);
}

TEST(Bench, SaysWhatAnArgumentShouldBe) {
  const Finished bench = run_systole({"bench", "--sizes", "4", "--network", "digits"});
  EXPECT_EQ(bench.exit_code, 2);
  EXPECT_THAT(bench.err, HasSubstr("--network: got digits, expected NAME=CONFIG"));
  EXPECT_EQ(run_systole({"bench", "--sizes", "65"}).exit_code, 2);
  EXPECT_EQ(run_systole({"bench", "--tolerance", "-1"}).exit_code, 2);
}

TEST(Bench, EndsWhereANetworkOrDesignDoesNotRun) {
  const TempDirectory folder;
  const Finished network =
      run_systole({"bench", "--network", "none=" + (folder / "none.yaml").string()});
  EXPECT_EQ(network.exit_code, 2);
  EXPECT_THAT(network.err, HasSubstr("none.yaml"));
  const Finished design = run_systole({"bench", "--sizes", "4", "--rtl", folder / "none"});
  EXPECT_EQ(design.exit_code, 2);
  EXPECT_THAT(design.err, HasSubstr("dut.dir: got no such folder"));
}

}  // namespace
}  // namespace systole::test
