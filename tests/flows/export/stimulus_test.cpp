// stimulus_test.cpp: golden stimulus, played without our bench.
//
// The bench of flows/export/testbench runs around the core under Verilator, and around an array in
// plain Verilog, with the same pins and a schedule of its own, under Icarus.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "model/config/error.h"
#include "tests/flows/export/stimulus_play.h"

namespace systole::test {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

enum class Simulator { kVerilator, kIcarus };

class EitherSimulator : public testing::TestWithParam<Simulator> {
 protected:
  template <class... Arguments>
  void write(const Arguments&... arguments) {
    folder_ = digits().write(arguments...);
  }
  void choose(const std::string& name) { folder_ = out_ / name; }
  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  Finished play(const std::vector<std::string>& arguments = {}) const {
    return GetParam() == Simulator::kVerilator ? play_on_core(folder_, arguments)
                                               : play_on_plain_array(folder_, arguments);
  }
  const TempDirectory out_;

 private:
  std::string folder_;
};

INSTANTIATE_TEST_SUITE_P(Stimulus, EitherSimulator,
                         testing::Values(Simulator::kVerilator, Simulator::kIcarus),
                         [](const auto& simulator) {
                           return simulator.param == Simulator::kVerilator ? "Verilator" : "Icarus";
                         });

// 4 x 4 pixels of 40 channels: 6 K tiles, 10 column tiles, chunks of 8 rows.
TEST_P(EitherSimulator, PlaysAConvolutionWithAResidual) {
  write("block2.project.quant", out_);
  expect_pass(play(), "640 accumulators, 640 outputs");
  expect_pass(play({"+stalls=50", "+seed=3"}), "640 accumulators, 640 outputs");
  expect_failure(play({"+stalls=100", "+watchdog=100"}), "no transfer for 100 cycles");
}

// A product of 40 by 10, whose last column tile has two columns to spare.
TEST_P(EitherSimulator, PlaysAProduct) {
  write("logits.quant", out_);
  expect_pass(play(), "10 accumulators, 10 outputs");
  expect_pass(play({"+no_tap"}), "0 accumulators, 10 outputs");
}

TEST_P(EitherSimulator, PlaysAPool) {
  write("pool.quant", out_);
  expect_pass(play(), "40 accumulators, 40 outputs");
}

TEST_P(EitherSimulator, PlaysATile) {
  write("block1.conv2.quant", out_, 9);
  expect_pass(play(), "32 accumulators, 32 outputs");
}

// Groups, a max pool, sum pools that pad, an add, streams; maps of 6 x 6 and 3 x 3 pixels.
TEST_P(EitherSimulator, PlaysEveryOpOfASmallNetwork) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"000_conv1.quant", "288 accumulators, 288 outputs"},
      {"001_grouped.quant", "288 accumulators, 288 outputs"},
      {"002_project.quant", "72 accumulators, 72 outputs"},
      {"003_strided.quant", "72 accumulators, 72 outputs"},
      {"004_max", "72 accumulators, 0 outputs"},
      {"005_mix", "0 accumulators, 72 outputs"},
      {"006_narrow.quant", "36 accumulators, 36 outputs"},
      {"007_join.in0.quant", "0 accumulators, 36 outputs"},
      {"008_join.in1.quant", "0 accumulators, 72 outputs"},
      {"009_join.bn.quant", "0 accumulators, 108 outputs"},
      {"010_padded.quant", "108 accumulators, 108 outputs"},
      {"011_pool.quant", "12 accumulators, 12 outputs"},
      {"012_hidden.quant", "6 accumulators, 6 outputs"},
      {"013_logits.quant", "5 accumulators, 5 outputs"}};
  const GoldenRun run(out_.write("run.yaml",
                                 "network: " SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_int\n"
                                 "inputs: {source: random}\n"));
  const std::vector<std::string> folders =
      write_stimulus(out_.path(), run.jobs(), run.tensors(), kArray);
  ASSERT_EQ(folders.size(), expected.size());
  for (std::size_t i = 0; i < folders.size(); ++i) {
    EXPECT_EQ(folders[i], expected[i].first);
    choose(folders[i]);
    SCOPED_TRACE(folders[i]);
    expect_pass(play({"+stalls=20"}), expected[i].second);
  }
}

TEST_P(EitherSimulator, FailsOnAWeightThatIsWrong) {
  write("logits.quant", out_);
  flip(file("weight.memh"), 0, 0);
  const Finished played = play();
  expect_failure(played, "1 accumulators, 1 outputs are wrong or too many; 10, 10 compared");
  EXPECT_THAT(played.out, ContainsRegex("tap: beat 0, column 0: expected -?[0-9]+, got -?[0-9]+"));
}

// The third column tile holds channels 8 and 9: columns of 17 bits, and of 32.
TEST_P(EitherSimulator, FailsOnAnElementThatIsWrongButNotOnAColumnToSpare) {
  write("logits.quant", out_);
  flip(file("output.memh"), 2, 34);
  flip(file("tap.memh"), 2, 127);
  expect_pass(play(), "10 accumulators, 10 outputs");
  flip(file("tap.memh"), 2, 63);
  expect_failure(play(), "1 accumulators, 0 outputs are wrong");
  flip(file("tap.memh"), 2, 63);
  flip(file("output.memh"), 2, 33);
  expect_failure(play(), "0 accumulators, 1 outputs are wrong");
}

TEST_P(EitherSimulator, FailsOnAFileThatWasCut) {
  write("logits.quant", out_);
  for (const char* name : {"weight.memh", "output.memh"}) {
    const std::string text = read_text(file(name));
    write_text(file(name), text.substr(0, text.size() - 20));
    expect_failure(play(), std::string(name) + " has no word of ones");
    std::filesystem::remove(file(name));
    expect_failure(play(), std::string(name) + " has no word of ones");
    write_text(file(name), text);
  }
  write_text(file("counts.memh"), "00000001\n");
  expect_failure(play(), "");
}

// `columns` of 4 becomes 0.
TEST_P(EitherSimulator, FailsOnFewerElementsThanTheCounts) {
  write("logits.quant", out_);
  flip(file("output.memh"), 0, 4 * 17 + 2);
  expect_failure(play(), "10 accumulators, 6 outputs compared");
}

TEST_P(EitherSimulator, FailsOnABeatTooMany) {
  write("logits.quant", out_, 2);
  write_text(file("output.memh"), "@0\n" + std::string(22, 'f') + "\n");
  flip(file("counts.memh"), 5, 0);
  flip(file("counts.memh"), 7, 1);
  const Finished played = play();
  expect_failure(played, "0 accumulators, 1 outputs are wrong or too many; 2, 0 compared");
  EXPECT_THAT(played.out, HasSubstr("output: a beat too many, 0 were expected\n"));
}

// A tap is needed where nothing else is compared.
TEST_P(EitherSimulator, FailsWhereNothingIsCompared) {
  write(Job{digits().job("logits.quant").product, nullptr}, out_);
  expect_pass(play(), "10 accumulators, 0 outputs");
  expect_failure(play({"+no_tap"}), "0 accumulators, 0 outputs compared");
}

// The pass before the last one takes 3 rows instead of 1: none is left for the last one.
TEST_P(EitherSimulator, FailsWhereNothingMovesAndNamesTheChannels) {
  write("logits.quant", out_);
  flip(file("command.memh"), 28, 1);
  const Finished played = play({"+watchdog=100"});
  expect_failure(played, "no transfer for 100 cycles");
  EXPECT_THAT(played.out, HasSubstr("output: 2 of 3 beats given\n"));
  EXPECT_THAT(played.out, Not(HasSubstr("activation")));
}

// 48 idle cycles end a play of a 4x4 array.
TEST(Stimulus, FailsOnAnArrayThatNeverEnds) {
  const TempDirectory out;
  const std::string folder = digits().write("logits.quant", out, 2);
  const std::string array =
      std::regex_replace(read_text(kPlainArray), std::regex("tap_valid_o <= 1'b0;"), ";");
  expect_failure(play_on_plain_array(folder, {}, out.write("array.v", array)),
                 "48 accumulators, 0 outputs are wrong or too many; 2, 2 compared");
}

TEST(Stimulus, OfMoreBeatsThanThePlayerHoldsSaysSo) {
  const TempDirectory out;
  expect_failure(play_on_core(digits().write("block2.conv2.quant", out), {}),
                 "activation has 14400 beats, Depth is 4096\n");
}

TEST(Stimulus, HasTheSizesThatItsPlayerWasBuiltWith) {
  const TempDirectory out;
  const std::regex depth("FileDepth = [0-9]+");
  EXPECT_EQ(std::regex_replace(read_text(digits().write("logits.quant", out) + "/stimulus.svh"),
                               depth, ""),
            std::regex_replace(read_text(kSizes), depth, ""));
}

TEST(Stimulus, OfSeveralOpsHasAFolderEachInTheirOrder) {
  const TempDirectory out;
  const std::vector<Job> jobs = {digits().job("conv1.quant"), digits().job("pool.quant")};
  const auto write = [&] { return write_stimulus(out.path(), jobs, digits().tensors(), kArray); };
  EXPECT_THAT(write(), ElementsAre("000_conv1.quant", "001_pool.quant"));
  const std::string first = read_text(out / "001_pool.quant/tap.memh");
  EXPECT_THAT(write(), ElementsAre("000_conv1.quant", "001_pool.quant"));
  EXPECT_EQ(read_text(out / "001_pool.quant/tap.memh"), first);
  EXPECT_THAT(write_stimulus(out.path(), {jobs[1]}, digits().tensors(), kArray, 1),
              ElementsAre("000_pool.quant.tile1"));
}

TEST(Stimulus, ReplacesNoFolderThatHoldsSomethingElse) {
  const TempDirectory out;
  const std::string folder = digits().write("logits.quant", out);
  write_text(folder + "/notes.txt", "mine");
  EXPECT_THROW(digits().write("logits.quant", out), InputError);
  EXPECT_EQ(read_text(folder + "/notes.txt"), "mine");
}

}  // namespace
}  // namespace systole::test
