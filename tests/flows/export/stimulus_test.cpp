// stimulus_test.cpp: golden stimulus of the digits network, played without our bench.
//
// The bench of flows/export/testbench runs around the core under Verilator, and around an array in
// plain Verilog, with the same pins and another schedule of its own, under Icarus.
#include "sim/image/stimulus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "golden/trace.h"
#include "model/network/bundle.h"
#include "sim/schedule/layout.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSizes = SYSTOLE_SOURCE_DIR "/tests/fixtures/stimulus/stimulus.svh";
constexpr const char* kPlainArray = SYSTOLE_SOURCE_DIR "/tests/fixtures/stimulus/plain_array.v";
constexpr const char* kBench = SYSTOLE_SOURCE_DIR "/flows/export/testbench/systole_stimulus_tb.sv";

/// Of tests/fixtures/stimulus/stimulus.svh.
constexpr Geometry kArray{.rows = 4, .cols = 4, .acc_depth = 8, .scale_bits = 32};

/// The quantised digits network and its tensors for two samples.
class Digits {
 public:
  Digits() {
    const TempDirectory out;
    const Finished golden = run_systole(
        {"golden", SYSTOLE_SOURCE_DIR "/configs/digits.yaml", "--count", "2", "-o", out.path()});
    EXPECT_EQ(golden.exit_code, 0) << golden.err;
    bundle_ = load_bundle(out / "network");
    const TraceReader trace(out / "golden");
    for (const TraceEntry& entry : trace.entries()) tensors_[entry.name] = trace.read(entry.name);
    plan_ = plan_jobs(std::get<IntNetwork>(bundle_.network), kArray);
  }
  Digits(const Digits&) = delete;
  Digits& operator=(const Digits&) = delete;

  Job job(const std::string& name) const {
    for (const Job& job : plan_.jobs)
      if (job.last().name == name) return job;
    throw std::out_of_range(name);
  }
  Shape input_shape(const Job& job) const { return shape_of(tensors_.at(input_of(job))); }

  void write(const Job& job, const Region& region, const TempDirectory& folder) const {
    for (const StimulusFile& file : make_stimulus(job, tensors_, kArray, region))
      folder.write(file.name, file.text);
  }
  /// The first sample.
  void write(const std::string& op, const TempDirectory& folder) const {
    const Job found = job(op);
    write(found, first_sample(found, input_shape(found)), folder);
  }
  void write_tile(const std::string& op, std::int64_t tile, const TempDirectory& folder) const {
    const Job found = job(op);
    write(found, tile_region(found, input_shape(found), kArray, tile), folder);
  }

 private:
  Bundle bundle_;
  AnyTensors tensors_;
  Plan plan_;
};

const Digits& digits() {
  static const Digits digits;
  return digits;
}

Finished play_on_core(const TempDirectory& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {SYSTOLE_TEST_PLAYER, "+stimulus=" + folder.path()});
  return run_process(arguments);
}

/// Compiled for each folder, in it.
Finished play_on_plain_array(const TempDirectory& folder, std::vector<std::string> arguments,
                             const std::string& array = kPlainArray) {
  const Finished built = run_process(
      {"iverilog", "-g2012", "-DSYSTOLE_ARRAY=plain_array", "-ostimulus.vvp", kBench, array},
      folder.path());
  if (built.exit_code != 0) return built;
  arguments.insert(arguments.begin(), {"vvp", "-N", "stimulus.vvp"});
  return run_process(arguments, folder.path());
}

void expect_pass(const Finished& played, const std::string& counts) {
  EXPECT_EQ(played.exit_code, 0) << played.out << played.err;
  EXPECT_THAT(played.out, HasSubstr("PASS: " + counts + " compared\n"));
}

void expect_failure(const Finished& played, const std::string& message) {
  EXPECT_NE(played.exit_code, 0);
  EXPECT_THAT("\n" + played.out, AllOf(HasSubstr("\nFAIL: " + message), Not(HasSubstr("PASS"))))
      << played.err;
}

/// Flips a bit of a word of a file.
void flip(const TempDirectory& folder, const std::string& name, std::size_t word, std::size_t bit) {
  std::string text = read_text(folder / name);
  std::size_t end = text.find("@0\n") + 2;
  for (std::size_t i = 0; i <= word; ++i) end = text.find('\n', end + 1);
  char& digit = text[end - 1 - bit / 4];
  digit = "0123456789abcdef"[std::stoi(std::string(1, digit), nullptr, 16) ^ 1 << bit % 4];
  folder.write(name, text);
}

enum class Simulator { kVerilator, kIcarus };

class EitherSimulator : public testing::TestWithParam<Simulator> {
 protected:
  Finished play(const std::vector<std::string>& arguments = {}) const {
    return GetParam() == Simulator::kVerilator ? play_on_core(folder, arguments)
                                               : play_on_plain_array(folder, arguments);
  }
  const TempDirectory folder;
};

INSTANTIATE_TEST_SUITE_P(Stimulus, EitherSimulator,
                         testing::Values(Simulator::kVerilator, Simulator::kIcarus),
                         [](const auto& simulator) {
                           return simulator.param == Simulator::kVerilator ? "Verilator" : "Icarus";
                         });

// 4 x 4 pixels of 40 channels: 6 K tiles, 10 column tiles, chunks of 8 rows.
TEST_P(EitherSimulator, PlaysAConvolutionWithAResidual) {
  digits().write("block2.project.quant", folder);
  expect_pass(play(), "640 accumulators, 640 outputs");
  expect_pass(play({"+stalls=50", "+seed=3"}), "640 accumulators, 640 outputs");
  expect_failure(play({"+stalls=100", "+watchdog=100"}), "no transfer for 100 cycles");
}

// A product of 40 by 10, whose last column tile has two columns to spare.
TEST_P(EitherSimulator, PlaysAProduct) {
  digits().write("logits.quant", folder);
  expect_pass(play(), "10 accumulators, 10 outputs");
  expect_pass(play({"+no_tap"}), "0 accumulators, 10 outputs");
}

TEST_P(EitherSimulator, PlaysAPool) {
  digits().write("pool.quant", folder);
  expect_pass(play(), "40 accumulators, 40 outputs");
}

TEST_P(EitherSimulator, PlaysATile) {
  digits().write_tile("block1.conv2.quant", 9, folder);
  expect_pass(play(), "32 accumulators, 32 outputs");
}

TEST_P(EitherSimulator, FailsOnAWeightThatIsWrong) {
  digits().write("logits.quant", folder);
  flip(folder, "weight.memh", 0, 0);
  const Finished played = play();
  expect_failure(played, "1 accumulators, 1 outputs are wrong or too many; 10, 10 compared");
  EXPECT_THAT(played.out, ContainsRegex("tap: beat 0, column 0: expected -?[0-9]+, got -?[0-9]+"));
}

// The third column tile holds channels 8 and 9: columns of 17 bits, and of 32.
TEST_P(EitherSimulator, FailsOnAnElementThatIsWrongButNotOnAColumnToSpare) {
  digits().write("logits.quant", folder);
  flip(folder, "output.memh", 2, 34);
  flip(folder, "tap.memh", 2, 127);
  expect_pass(play(), "10 accumulators, 10 outputs");
  flip(folder, "tap.memh", 2, 63);
  expect_failure(play(), "1 accumulators, 0 outputs are wrong");
  flip(folder, "tap.memh", 2, 63);
  flip(folder, "output.memh", 2, 33);
  expect_failure(play(), "0 accumulators, 1 outputs are wrong");
}

TEST_P(EitherSimulator, FailsOnAFileThatWasCut) {
  digits().write("logits.quant", folder);
  for (const char* name : {"weight.memh", "output.memh"}) {
    const std::string text = read_text(folder / name);
    folder.write(name, text.substr(0, text.size() - 20));
    expect_failure(play(), std::string(name) + " has no word of ones");
    std::filesystem::remove(folder / name);
    expect_failure(play(), std::string(name) + " has no word of ones");
    folder.write(name, text);
  }
  folder.write("counts.memh", "00000001\n");
  expect_failure(play(), "");
}

// `columns` of 4 becomes 0.
TEST_P(EitherSimulator, FailsOnFewerElementsThanTheCounts) {
  digits().write("logits.quant", folder);
  flip(folder, "output.memh", 0, 4 * 17 + 2);
  expect_failure(play(), "10 accumulators, 6 outputs compared");
}

TEST_P(EitherSimulator, FailsOnABeatTooMany) {
  digits().write_tile("logits.quant", 2, folder);
  folder.write("output.memh", "@0\n" + std::string(22, 'f') + "\n");
  flip(folder, "counts.memh", 5, 0);
  flip(folder, "counts.memh", 7, 1);
  const Finished played = play();
  expect_failure(played, "0 accumulators, 1 outputs are wrong or too many; 2, 0 compared");
  EXPECT_THAT(played.out, HasSubstr("output: a beat too many, 0 were expected\n"));
}

// A tap is needed where nothing else is compared.
TEST_P(EitherSimulator, FailsWhereNothingIsCompared) {
  const Job job{digits().job("logits.quant").product, nullptr};
  digits().write(job, first_sample(job, digits().input_shape(job)), folder);
  expect_pass(play(), "10 accumulators, 0 outputs");
  expect_failure(play({"+no_tap"}), "0 accumulators, 0 outputs compared");
}

// The pass before the last one takes 3 rows instead of 1: none is left for the last one.
TEST_P(EitherSimulator, FailsWhereNothingMovesAndNamesTheChannels) {
  digits().write("logits.quant", folder);
  flip(folder, "command.memh", 28, 1);
  const Finished played = play({"+watchdog=100"});
  expect_failure(played, "no transfer for 100 cycles");
  EXPECT_THAT(played.out, HasSubstr("output: 2 of 3 beats given\n"));
  EXPECT_THAT(played.out, Not(HasSubstr("activation")));
}

TEST(Stimulus, HasTheSizesThatItsPlayerWasBuiltWith) {
  const TempDirectory folder;
  digits().write("logits.quant", folder);
  const std::regex depth("FileDepth = [0-9]+");
  const auto without_depth = [&](const std::string& path) {
    return std::regex_replace(read_text(path), depth, "");
  };
  EXPECT_EQ(without_depth(folder / "stimulus.svh"), without_depth(kSizes));
}

// 48 idle cycles end a play of a 4x4 array.
TEST(Stimulus, FailsOnAnArrayThatNeverEnds) {
  const TempDirectory folder;
  digits().write_tile("logits.quant", 2, folder);
  const std::string array =
      std::regex_replace(read_text(kPlainArray), std::regex("tap_valid_o <= 1'b0;"), ";");
  expect_failure(play_on_plain_array(folder, {}, folder.write("array.v", array)),
                 "48 accumulators, 0 outputs are wrong or too many; 2, 2 compared");
}

TEST(Stimulus, OfMoreBeatsThanThePlayerHoldsSaysSo) {
  const TempDirectory folder;
  digits().write("block2.conv2.quant", folder);
  expect_failure(play_on_core(folder, {}), "activation has 14400 beats, Depth is 4096\n");
}

}  // namespace
}  // namespace systole::test
