// verdict_cache_test.cpp: whole runs that take verdicts of earlier ones, and those that must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "model/network/bundle.h"
#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using Ops = std::set<std::string>;

/// A cache without verdicts, whose designs are those of all tests.
class VerdictCache : public testing::Test {
 protected:
  VerdictCache() {
    for (const char* kind : {"entries", "locks", "logs", "manifests", "runtime"}) {
      fs::create_directories(fs::path(SYSTOLE_TEST_CACHE) / kind);
      fs::create_directory_symlink(fs::path(SYSTOLE_TEST_CACHE) / kind, cache_ / kind);
    }
  }

  /// `systole -v run` that may use the cache's verdicts.
  WholeRun run(const std::vector<std::string>& settings = {},
               const std::vector<std::string>& options = {}) {
    WholeRun run;
    run.directory = std::make_unique<TempDirectory>();
    run_in(run, settings, options);
    return run;
  }
  void run_in(WholeRun& run, const std::vector<std::string>& settings,
              const std::vector<std::string>& options) {
    std::vector<std::string> arguments = run_arguments(run.directory->path(), settings, {});
    std::erase(arguments, "--fresh");
    arguments.insert(arguments.begin(), "-v");
    arguments.insert(arguments.end(), options.begin(), options.end());
    run.finished = run_process(systole_command(arguments, cache_.path()));
    run.verdict = json::parse(read_text(*run.directory / "verdict.json"));
  }

  std::vector<fs::path> entries() const {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(cache_ / "verdicts"))
      files.push_back(file.path());
    return files;
  }
  Finished cache_command(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = {"cache"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_process(systole_command(all, cache_.path()));
  }

  const TempDirectory cache_;
};

/// `expect_match` of a run that logs.
void expect_verified(WholeRun& run) {
  run.finished.err.clear();
  expect_match(run);
}

Ops ops(const WholeRun& run, bool cached) {
  Ops names;
  for (const json& op : run.verdict["ops"])
    if (op["engine"] == "rtl" && op.value("cached", false) == cached) names.insert(op["name"]);
  return names;
}

/// Explanations are made anew in each run, and name its files.
json rows(const WholeRun& run) {
  json rows = run.verdict["ops"];
  for (json& row : rows)
    for (const char* key : {"cached", "explanation"}) row.erase(key);
  return rows;
}

void expect_same_results(const WholeRun& first, const WholeRun& second) {
  EXPECT_EQ(first.finished.exit_code, second.finished.exit_code) << second.finished.err;
  EXPECT_TRUE(rows(first) == rows(second)) << json::diff(rows(first), rows(second));
  for (const char* key : {"verdict", "compared", "mismatched"})
    EXPECT_EQ(first.verdict[key], second.verdict[key]) << key;
  for (const char* file : {"trace.json", "tensors.safetensors"})
    EXPECT_EQ(read_text(first.rtl() / file), read_text(second.rtl() / file)) << file;
}

void expect_all_cached(const WholeRun& run) {
  EXPECT_EQ(ops(run, false), Ops{}) << run.finished.err;
  EXPECT_EQ(run.verdict["workers"]["count"], 0);
  EXPECT_EQ(run.verdict["cached"], run.verdict["compared"]);
  EXPECT_GT(run.verdict["cached"], 0);
}

void expect_all_simulated(const WholeRun& run) {
  EXPECT_EQ(ops(run, true), Ops{});
  EXPECT_GT(run.verdict["workers"]["count"], 0);
  EXPECT_EQ(run.verdict["cached"], 0);
}

TEST_F(VerdictCache, SparesASecondRunTheSimulation) {
  WholeRun first = run(), second = run();
  expect_verified(first);
  expect_all_simulated(first);
  EXPECT_THAT(first.finished.out, Not(HasSubstr("cached)\n")));
  expect_verified(second);
  expect_all_cached(second);
  expect_same_results(first, second);
  const std::string text = second.finished.out;
  EXPECT_THAT(text, HasSubstr("match (cached)"));
  EXPECT_THAT(text, HasSubstr("elements compared ("));
  EXPECT_THAT(text, HasSubstr(" by earlier runs: cached), 0 differ"));
}

TEST_F(VerdictCache, SparesItWhateverTheWorkersAndTheQuantum) {
  run();
  expect_all_cached(run({"bench.quantum=64"}, {"--workers", "1"}));
}

TEST_F(VerdictCache, ServesNoRunWithOtherSeedsStallsOrInputs) {
  run();
  for (const char* setting : {"bench.seed=2", "bench.stall_rate=0.25", "bench.poison=false",
                              "bench.reset=true", "inputs.source=random"}) {
    SCOPED_TRACE(setting);
    expect_all_simulated(run({setting}));
    expect_all_cached(run({setting}));
  }
}

TEST_F(VerdictCache, IsPassedByAndRenewedByFresh) {
  const WholeRun first = run();
  const std::string entry = read_text(entries()[0]);
  write_text(entries()[0], "damaged");
  const WholeRun fresh = run({}, {"--fresh"});
  expect_all_simulated(fresh);
  expect_same_results(first, fresh);
  EXPECT_EQ(read_text(entries()[0]), entry);
  expect_all_cached(run());
}

TEST_F(VerdictCache, RedoesDamagedEntriesAndSaysSoInTheLogAlone) {
  const WholeRun first = run();
  for (const fs::path& file : entries()) fs::resize_file(file, fs::file_size(file) / 2);
  const WholeRun second = run();
  EXPECT_THAT(second.finished.err, HasSubstr("info: the cached verdict on conv1 holds bytes that "
                                             "do not have their checksum"));
  EXPECT_THAT(second.finished.out, Not(HasSubstr("checksum")));
  expect_all_simulated(second);
  expect_same_results(first, second);
  expect_all_cached(run());
}

/// The integer network of a run, with another weight in `op`.
void change_weight(const fs::path& network, const std::string& op) {
  Bundle bundle = load_bundle(network);
  for (IntNode& node : std::get<IntNetwork>(bundle.network).nodes) {
    if (node.name != op) continue;
    IntTensor& weight = std::holds_alternative<IntConv2d>(node.op)
                            ? std::get<IntConv2d>(node.op).weight
                            : std::get<IntMatmul>(node.op).weight;
    weight[0] += weight[0] > 0 ? -1 : 1;
  }
  write_bundle(network, bundle);
}

TEST_F(VerdictCache, ResimulatesWhatDependsOnAChangedWeightAndNoMore) {
  const WholeRun floats = run({}, {"--op", "conv1"});
  const fs::path network = *floats.directory / "network";
  const std::string setting = "network=" + network.string();
  WholeRun first = run({setting, "inputs.source=random"});
  expect_verified(first);

  change_weight(network, "logits");
  WholeRun last_changed = run({setting, "inputs.source=random"});
  expect_verified(last_changed);
  EXPECT_EQ(ops(last_changed, false), (Ops{"logits", "logits.quant"}));

  change_weight(network, "block2.conv2");
  WholeRun middle_changed = run({setting, "inputs.source=random"});
  expect_verified(middle_changed);
  const Ops simulated = ops(middle_changed, false), cached = ops(middle_changed, true);
  for (const char* op : {"block2.conv2", "block2.conv2.quant", "pool", "pool.quant", "logits"})
    EXPECT_TRUE(simulated.contains(op)) << op;
  for (const char* op : {"conv1", "conv1.quant", "block1.conv1", "block1.conv1.quant",
                         "block1.conv2", "block1.conv2.quant", "block2.conv1"})
    EXPECT_TRUE(cached.contains(op)) << op;
}

TEST_F(VerdictCache, ServesNoOtherRtlAndKeepsItsMismatchesToo) {
  run();
  const TempDirectory directory;
  fs::copy(SYSTOLE_SOURCE_DIR "/rtl", directory / "rtl", fs::copy_options::recursive);
  replace_once(directory / "rtl/mul_quant.sv", "(is_even & quotient[0])", "is_even");
  const std::vector<std::string> settings = {"quantize.scale_format=fixed",
                                             "quantize.scale_frac_bits=8",
                                             "dut.dir=" + (directory / "rtl").string()};
  const WholeRun first = run(settings), second = run(settings);
  EXPECT_EQ(first.finished.exit_code, 1) << first.finished.err;
  expect_all_simulated(first);
  expect_all_cached(second);
  expect_same_results(first, second);
  EXPECT_THAT(second.finished.out, HasSubstr("differ (cached)"));
  EXPECT_EQ(row(first, "conv1.quant")["explanation"]["stage"],
            row(second, "conv1.quant")["explanation"]["stage"]);
}

TEST_F(VerdictCache, ServesTheOpsThatAResumedRunLacks) {
  WholeRun run = this->run();
  const json whole = run.verdict;
  for (json& op : run.verdict["ops"])
    if (op["name"].get<std::string>().starts_with("conv1")) op["state"] = "skipped";
  run.verdict["verdict"] = "incomplete";
  const std::string incomplete = run.verdict.dump();
  write_text(*run.directory / "verdict.json", incomplete);
  run_in(run, {}, {"--resume"});
  expect_verified(run);
  EXPECT_EQ(ops(run, true), (Ops{"conv1", "conv1.quant"}));
  EXPECT_EQ(run.verdict["workers"]["count"], 0);
  EXPECT_EQ(rows(run), whole["ops"]);

  write_text(*run.directory / "verdict.json", incomplete);
  run_in(run, {}, {"--resume", "--fresh"});
  expect_verified(run);
  EXPECT_EQ(ops(run, true), Ops{});
  EXPECT_EQ(run.verdict["workers"]["count"], 1);
}

TEST_F(VerdictCache, IsCountedAndPruned) {
  run({}, {"--op", "conv1"});
  EXPECT_EQ(json::parse(cache_command({"list", "--json"}).out)["verdicts"]["count"], 1);
  EXPECT_THAT(cache_command({"list"}).out, HasSubstr("; 1 verdicts, "));
  fs::remove(cache_ / "entries");  // Only the link: the designs are other tests', too.
  fs::remove(cache_ / "runtime");
  EXPECT_THAT(cache_command({"prune", "--max-size", "0"}).out, HasSubstr("removed 1 entries"));
  EXPECT_TRUE(entries().empty());
}

}  // namespace
}  // namespace systole::test
