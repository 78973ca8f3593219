// own_design_test.cpp: a structurally different design, brought by YAML and an adapter alone, gets
// verdicts (tests/designs/output_stationary).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "model/config/settings.h"
#include "model/ops/int_matmul.h"
#include "sim/bench/bench.h"
#include "sim/dut/config.h"
#include "sim/schedule/cycles.h"
#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kDesign = SYSTOLE_SOURCE_DIR "/tests/designs/output_stationary";

/// Runs digits.yaml, on one digit and compiled fast, with further settings.
WholeRun run_own(const std::vector<std::string>& settings, const fs::path& design = kDesign) {
  WholeRun run;
  run.directory = std::make_unique<TempDirectory>();
  std::vector<std::string> arguments = {"run", kDesign / "digits.yaml", "-o", run.directory->path(),
                                        "--fresh"};
  std::vector<std::string> all = {"inputs.count=1", "evaluation.count=1", "dut.optimize=O0",
                                  "dut.dir=" + design.string(),
                                  "dut.adapter=" + (design / "axis_pins.cpp").string()};
  all.insert(all.end(), settings.begin(), settings.end());
  for (const std::string& setting : all) arguments.insert(arguments.end(), {"--set", setting});
  run.finished = run_systole(arguments);
  if (fs::exists(*run.directory / "verdict.json"))
    run.verdict = nlohmann::json::parse(read_text(*run.directory / "verdict.json"));
  return run;
}

/// Everything but the products: the design has accumulators only.
const std::vector<std::string> kHost = {
    "conv1.quant",        "block1.conv1.quant",   "block1.conv2.quant", "block2.conv1.quant",
    "block2.conv2.quant", "block2.project.quant", "pool.quant",         "flat",
    "logits.quant"};

TEST(OwnDesign, MatchesInEveryProductOfDigitsAndLeavesTheRestToTheHost) {
  const WholeRun run = run_own({});
  expect_match(run, kHost);
  EXPECT_THAT(run.finished.out, HasSubstr("conv1.quant (the design has no MulQuant lanes)"));
}

TEST(OwnDesign, TakesItsWeightsFromMemoryImages) {
  const TempDirectory folder;
  const Finished exported = run_systole({"export", kDesign / "digits.yaml", "-o", folder.path(),
                                         "--set", "inputs.count=1", "--set", "dut.optimize=O0",
                                         "--set", "dut.dir=" + kDesign.string(), "--set",
                                         "dut.adapter=" + (kDesign / "axis_pins.cpp").string()});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  fs::remove(folder / "network/tensors.safetensors");
  const Finished run =
      run_systole({"run", "--from-images", folder.path(), "-o", folder.path("run")});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("MATCH  6,578 elements compared, 0 differ"));
}

TEST(OwnDesign, TakesTilesThatAreShorterThanTheArrayIsHigh) {
  expect_match(run_own({"dut.parameters.Rows=16", "dut.parameters.Cols=4"}), kHost);
}

TEST(OwnDesign, KeepsItsSumsUnderBackpressureForAnyQuantum) {
  const WholeRun whole = run_own({"bench.stall_rate=0.3"});
  const WholeRun steps = run_own({"bench.stall_rate=0.3", "bench.quantum=1"});
  expect_match(whole, kHost);
  expect_match(steps, kHost);
  EXPECT_EQ(cycles(whole), cycles(steps));
  EXPECT_GT(cycles(whole).at("conv1"), cycles(run_own({})).at("conv1"));
}

struct Fault {
  const char* name;
  const char* file;
  const char* find;
  const char* replace;
  std::vector<std::string> settings;
  int exit_code;
  const char* says;
};

class OwnDesignFault : public testing::TestWithParam<Fault> {};

TEST_P(OwnDesignFault, IsCaught) {
  const Fault& fault = GetParam();
  const TempDirectory directory;
  const fs::path design = directory / "design";
  fs::copy(kDesign, design);
  replace_once(design / fault.file, fault.find, fault.replace);
  const WholeRun run = run_own(fault.settings, design);
  EXPECT_EQ(run.finished.exit_code, fault.exit_code) << run.finished.err;
  EXPECT_THAT(run.finished.out, HasSubstr(fault.says));
}

INSTANTIATE_TEST_SUITE_P(
    Planted, OwnDesignFault,
    testing::Values(Fault{"SumsNotCleared",
                          "pe_array.sv",
                          "(acc_q[r][c] & keep_q[r+c])",
                          "acc_q[r][c]",
                          {},
                          1,
                          "stage accumulator"},
                    Fault{"LastColumnOneCycleEarly",
                          "delay_line.sv",
                          "Elements - 1 - i : i;",
                          "Elements - 1 - i : (i == Elements - 1 ? i - 1 : i);",
                          {},
                          1,
                          "column 7"},
                    Fault{"WeightsEndElsewhere",
                          "axis_pins.cpp",
                          "ends_tile(beat, kGeometry.cols)",
                          "0",
                          {},
                          3,
                          "tlast of s_axis_x and of s_axis_w come in different beats"}),
    [](const auto& fault) { return fault.param.name; });

/// A 16x4 array, on which a tile has more rows of sums than digits has steps.
BuiltDut build_own(const fs::path& design) {
  const TempDirectory folder;
  const std::string file = folder.write(
      "run.yaml", "dut: {dir: " + design.string() +
                      ", top: os_matmul, adapter: " + (design / "axis_pins.cpp").string() +
                      ", optimize: O0, parameters: {Rows: 16, Cols: 4}}");
  ::setenv("SYSTOLE_CACHE", SYSTOLE_TEST_CACHE, 1);
  return build_dut(parse_dut_config(Settings::load(file, dut_keys())));
}

/// A product of `m` x `k` by `k` x `n` with its beats.
struct Product {
  Product(std::int64_t m, std::int64_t k, std::int64_t n, const Geometry& geometry)
      : x(tensor({m, k})), node{"fc", {"x"}, IntMatmul{tensor({k, n})}, {}} {
    operands = make_operands({&node, nullptr}, {x}, geometry);
    schedule = make_schedule(operands.layout);
  }

  IntTensor tensor(const Shape& shape) {
    IntTensor result(shape);
    for (std::int32_t& value : result.data) value = static_cast<std::int32_t>(random() % 512) - 256;
    return result;
  }
  IntTensor sums() const { return int_matmul(x, std::get<IntMatmul>(node.op).weight); }

  std::mt19937 random{9};
  IntTensor x;
  IntNode node;
  Operands operands;
  Schedule schedule;
};

/// SystemC elaborates once per process, so all benches are built before the first one runs.
class OwnBench : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const TempDirectory directory;
    fs::copy(kDesign, directory / "faulty");
    replace_once(directory / "faulty/os_matmul.sv", "free_q >= count_t'(Rows) && ", "");
    BenchOptions stalls;
    stalls.stall_rate = 0.5;
    benches_["free"] = std::make_unique<Bench>(build_own(kDesign), BenchOptions{});
    benches_["stalled"] = std::make_unique<Bench>(build_own(kDesign), stalls);
    benches_["faulty"] = std::make_unique<Bench>(build_own(directory / "faulty"), stalls);
  }
  static void TearDownTestSuite() { benches_.clear(); }

  static inline std::map<std::string, std::unique_ptr<Bench>> benches_;
};

TEST_F(OwnBench, TakesAsManyCyclesAsItsModelSays) {
  Bench& bench = *benches_.at("free");
  // One tile; depths around the array's rows; ragged; many tiles.
  const std::int64_t sizes[][3] = {{16, 1, 4},  {1, 40, 1},  {16, 15, 8},  {33, 16, 4},
                                   {33, 17, 9}, {80, 2, 30}, {200, 50, 13}};
  for (const auto& [m, k, n] : sizes) {
    SCOPED_TRACE(std::to_string(m) + " x " + std::to_string(k) + " x " + std::to_string(n));
    const Product product(m, k, n, bench.geometry());
    const JobResult result = bench.run(product.operands, product.schedule);
    ASSERT_EQ(result.status, JobStatus::kDone) << result.message;
    EXPECT_EQ(result.accumulators.data, product.sums().data);
    EXPECT_EQ(result.extra_beats, 0U);
    EXPECT_EQ(static_cast<std::int64_t>(result.cycles),
              predict(product.operands.layout, product.schedule).total);
  }
}

TEST_F(OwnBench, HoldsATileBackUntilTheQueueHasRoomForItsRows) {
  Bench& bench = *benches_.at("stalled");
  const Product product(200, 1, 13, bench.geometry());  // Tiles of one step and 16 rows.
  const JobResult result = bench.run(product.operands, product.schedule);
  ASSERT_EQ(result.status, JobStatus::kDone) << result.message;
  EXPECT_EQ(result.accumulators.data, product.sums().data);
  EXPECT_THAT(benches_.at("faulty")->run(product.operands, product.schedule).message,
              HasSubstr("a row of sums has no room"));
}

TEST(OwnDesign, HasAnAdapterOfAtMost150Lines) {
  const std::string text = read_text(kDesign / "axis_pins.cpp");
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 150);
}

}  // namespace
}  // namespace systole::test
