// stimulus_test.cpp: words of a small convolution worked out by hand, and what is not compared.
#include "sim/image/stimulus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/config/error.h"
#include "model/network/network.h"

namespace systole {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr Geometry kArray{.rows = 2, .cols = 2, .acc_depth = 8, .scale_bits = 32};

/// A 1x1 convolution of two channels to three, which take two column tiles of a 2x2 array, the
/// second one with a column to spare; two samples of two pixels each.
class Convolution : public testing::Test {
 protected:
  const IntNode product{
      "conv", {"x"}, IntConv2d{{}, IntTensor({1, 1, 2, 3}, {1, 2, -1, 5, -3, 7})}, {}};
  const IntNode quant{"conv.quant",
                      {"conv"},
                      MulQuant{.channels = {{.scale = 2, .bias = 1, .shift = 2},
                                            {.scale = -3, .bias = 0, .shift = 1},
                                            {.scale = 1, .bias = -1, .shift = 0}},
                               .clamp = {-128, 127}},
                      {}};
  const AnyTensors golden = {
      {"x", IntTensor({2, 1, 2, 2}, {1, -2, 3, 4, 0, 0, 1, 1})},
      {"conv", IntTensor({2, 1, 2, 3}, {-9, 8, -15, 23, -6, 25, 0, 0, 0, 6, -1, 6})},
      {"conv.quant", IntTensor({2, 1, 2, 3}, {-4, -12, -16, 12, 9, 24, 0, 0, -1, 3, 2, 5})}};
  const Shape x = {2, 1, 2, 2};

  std::map<std::string, std::string> files(const Job& job, const Region& region) const {
    std::map<std::string, std::string> texts;
    for (const StimulusFile& file : make_stimulus(job, golden, kArray, region))
      texts[file.name] = file.text;
    return texts;
  }
  std::map<std::string, std::string> files() const {
    const Job job{&product, &quant};
    return files(job, first_sample(job, x));
  }
};

// rows 2; first, last, new_weights, new_params: bits 18 to 21; lo -128 from bit 44, hi 127 from 61.
TEST_F(Convolution, HasACommandPerColumnTile) {
  EXPECT_EQ(files().at("command.memh"),
            "// command: 2 beats of 94 bits and a word of ones\n@0\n"
            "000ffff80000003c00000002\n000ffff80000003c00000002\n"
            "ffffffffffffffffffffffff\n");
}

TEST_F(Convolution, SendsTheFirstSamplesRowsForEachColumnTile) {
  EXPECT_EQ(files().at("activation.memh"),
            "// activation: 4 beats of 32 bits and a word of ones\n@0\n"
            "fffe0001\n00040003\nfffe0001\n00040003\nffffffff\n");
}

// 9 bits each: 2 << 9 | 1, (512 - 3) << 9 | 5, 512 - 1 beside a zero, 7 beside a zero.
TEST_F(Convolution, PutsWeightsOfAnOddWidthSideBySide) {
  EXPECT_EQ(files().at("weight.memh"),
            "// weight: 4 beats of 18 bits and a word of ones\n@0\n"
            "000401\n03fa05\n0001ff\n000007\nffffff\n");
}

// scale, bias from bit 32, shift from bit 96; the column to spare has zeros.
TEST_F(Convolution, SendsTheConstantsOfEachColumn) {
  EXPECT_EQ(files().at("parameter.memh"),
            "// parameter: 4 beats of 140 bits and a word of ones\n@0\n"
            "000000000002000000000000000100000002\n"
            "0000000000010000000000000000fffffffd\n"
            "000000000000ffffffffffffffff00000001\n"
            "000000000000000000000000000000000000\n"
            "ffffffffffffffffffffffffffffffffffff\n");
}

// Two columns of 17 bits: (131072 - 12) << 17 | 131072 - 4, and so on; `columns` from bit 34.
TEST_F(Convolution, ExpectsCodesInTheColumnsThatThereAre) {
  EXPECT_EQ(files().at("output.memh"),
            "// output: 4 beats of 50 bits and a word of ones\n@0\n"
            "00000bffe9fffc\n0000080012000c\n0000040001fff0\n00000400000018\nffffffffffffff\n");
}

TEST_F(Convolution, ExpectsAccumulatorsAtTheTap) {
  EXPECT_EQ(files().at("tap.memh"),
            "// tap: 4 beats of 80 bits and a word of ones\n@0\n"
            "000200000008fffffff7\n0002fffffffa00000017\n"
            "000100000000fffffff1\n00010000000000000019\nffffffffffffffffffff\n");
}

TEST_F(Convolution, HasNoResidualBeatsButAWholeFile) {
  EXPECT_EQ(files().at("residual.memh"),
            "// residual: 0 beats of 34 bits and a word of ones\n@0\nffffffffff\n");
}

TEST_F(Convolution, CountsBeatsAndElements) {
  EXPECT_EQ(files().at("counts.memh"),
            "// Beats of each channel; elements of output and tap.\n@0\n"
            "00000002\n00000004\n00000004\n00000004\n00000000\n00000004\n00000004\n"
            "00000006\n00000006\n");
}

TEST_F(Convolution, TellsWhichRowsAndChannelsAPassHas) {
  EXPECT_EQ(files().at("passes.csv"),
            "pass,tile,row,rows,k,channel,channels,new_weights,new_params,last,"
            "command,activation,weight,parameter,residual,output,tap\n"
            "0,0,0,2,0,0,2,1,1,1,0,0,0,0,,0,0\n"
            "1,1,0,2,0,2,1,1,1,1,1,2,2,2,,2,2\n");
}

TEST_F(Convolution, GivesSizesToVerilog) {
  const std::string sizes = files().at("stimulus.svh");
  EXPECT_THAT(sizes, HasSubstr("localparam integer WeightBits = 9;\n"));
  EXPECT_THAT(sizes, HasSubstr("localparam integer FileDepth = 5;\n"));
  EXPECT_THAT(sizes, HasSubstr("localparam integer ParameterWord = 140;\n"));
  EXPECT_THAT(sizes, HasSubstr("typedef struct packed {\n  logic signed [16:0] hi;\n"));
  EXPECT_THAT(sizes, HasSubstr("  logic [15:0] rows;\n} command_t;\n"));
}

TEST_F(Convolution, SaysHowItsFilesAreLaidOut) {
  const std::string text = files().at("README.md");
  EXPECT_THAT(text, StartsWith("# Golden stimulus of conv and conv.quant\n\n"
                               "Rows 0 to 1 and channels 0 to 2 of the output [4 x 3]"));
  EXPECT_THAT(text, HasSubstr("| `weight.memh` | 4 | 6 | `data` [17:0] = 2 x 9 bits |"));
  EXPECT_THAT(text, HasSubstr("`columns` [49:34] |"));
  EXPECT_THAT(text, HasSubstr("`new_params` [37:37]"));
}

TEST_F(Convolution, OfOneTileHasThatTilesBeatsOnly) {
  const Job job{&product, &quant};
  const Region tile = tile_region(job, x, kArray, 1);
  EXPECT_EQ(tile, (Region{0, 2, 2, 1}));
  EXPECT_EQ(files(job, tile).at("weight.memh"),
            "// weight: 2 beats of 18 bits and a word of ones\n@0\n0001ff\n000007\nffffff\n");
}

TEST_F(Convolution, HasRowChunksAsTilesOfTheirOwn) {
  Geometry shallow = kArray;
  shallow.acc_depth = 1;
  EXPECT_EQ(tile_region({&product, &quant}, x, shallow, 3), (Region{1, 1, 2, 1}));
}

TEST_F(Convolution, RefusesATileThatThereIsNot) {
  for (const std::int64_t tile : {-1, 2}) try {
      tile_region({&product, &quant}, x, kArray, tile);
      FAIL() << tile;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), EndsWith("got " + std::to_string(tile) + ", expected 0 to 1"));
    }
}

TEST_F(Convolution, RefusesAnArrayWithOtherChannels) {
  Geometry other = kArray;
  other.dataflow = Dataflow::kOutputStationary;
  const Job job{&product, nullptr};
  EXPECT_THROW(make_stimulus(job, golden, other, first_sample(job, x)), InputError);
}

// The lanes give something nevertheless: beats that are taken and not compared.
TEST_F(Convolution, WithoutAMulQuantComparesAccumulatorsAlone) {
  const Job job{&product, nullptr};
  const auto texts = files(job, first_sample(job, x));
  EXPECT_THAT(texts.at("output.memh"), HasSubstr("4 beats"));
  EXPECT_THAT(texts.at("output.memh"), HasSubstr("@0\n00000000000000\n"));
  EXPECT_THAT(texts.at("counts.memh"), EndsWith("00000000\n00000006\n"));
}

/// Codes past the array: the residual is a second stream.
TEST(StimulusOfAnAdd, SendsBothOperandsAndComparesOutputsAlone) {
  const IntNode add{
      "add",
      {"a", "r"},
      MulQuant{.channels = {{.scale = 1, .shift = 0, .residual_scale = 1}}, .clamp = {-128, 127}},
      {}};
  const AnyTensors golden = {{"a", IntTensor({1, 1, 1, 2}, {3, -1})},
                             {"r", IntTensor({1, 1, 1, 2}, {1, -2})},
                             {"add", IntTensor({1, 1, 1, 2}, {4, -3})}};
  const Job job{nullptr, &add};
  Geometry tall = kArray;
  tall.rows = 3;  // One lane more than columns.
  std::map<std::string, std::string> texts;
  for (const StimulusFile& file : make_stimulus(job, golden, tall, first_sample(job, {1, 1, 1, 2})))
    texts[file.name] = file.text;
  EXPECT_THAT(texts.at("activation.memh"), HasSubstr("@0\n0000ffff0003\n"));
  EXPECT_THAT(texts.at("residual.memh"), HasSubstr("@0\n03fffc0001\n"));
  EXPECT_THAT(texts.at("weight.memh"), HasSubstr("0 beats"));
  EXPECT_THAT(texts.at("output.memh"), HasSubstr("@0\n00000bfffa0004\n"));
  EXPECT_THAT(texts.at("tap.memh"), HasSubstr("@0\n00000000000000000000\n"));
  EXPECT_THAT(texts.at("counts.memh"), EndsWith("00000002\n00000000\n"));
}

}  // namespace
}  // namespace systole
