// wave_view_test.cpp: what the save files of the viewers say.
#include "sim/report/wave_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace systole {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

WaveView view_of_a_pe(std::int64_t row, std::int64_t column) {
  return {.wave = "wave.fst",
          .title = "conv1: 3 of 400 elements differ",
          .notes = {"expected 17, got 16"},
          .geometry = {.rows = 8, .cols = 4, .scale_bits = 16},
          .place = WavePlace::kPe,
          .row = row,
          .column = column,
          .cycle = 40};
}

bool shows(const WaveView& view, const std::string& signal) {
  for (const WaveGroup& group : wave_groups(view))
    for (const WaveSignal& shown : group.signals)
      if (shown.name == "TOP.systole_core." + signal) return true;
  return false;
}

TEST(WaveView, ShowsAPeWithItsUpstreamNeighbours) {
  const WaveView view = view_of_a_pe(2, 1);
  EXPECT_TRUE(shows(view, "u_array.x_q[2][1][15:0]"));
  EXPECT_TRUE(shows(view, "u_array.w_q[2][1][15:0]"));
  EXPECT_TRUE(shows(view, "u_array.sum_q[2][1][31:0]"));
  EXPECT_TRUE(shows(view, "u_array.x_q[2][0][15:0]")) << "left of it";
  EXPECT_TRUE(shows(view, "u_array.sum_q[1][1][31:0]")) << "above it";
  EXPECT_TRUE(shows(view, "act_data_i[2][15:0]")) << "its row of activations";
  EXPECT_TRUE(shows(view, "tap_data_o[1][31:0]")) << "its column of sums";
  EXPECT_FALSE(shows(view, "u_mul_quant.code_q[1][31:0]"));
}

TEST(WaveView, ShowsThePortsAsNeighboursOfTheFirstPe) {
  EXPECT_TRUE(shows(view_of_a_pe(0, 0), "u_array.x_i[0][15:0]"));
  EXPECT_FALSE(shows(view_of_a_pe(0, 0), "u_array.sum_q[-1][0][31:0]"));
}

TEST(WaveView, ShowsALaneWithItsAccumulator) {
  WaveView view = view_of_a_pe(0, 3);
  view.place = WavePlace::kLane;
  for (const char* signal : {"acc[3][31:0]", "scale_q[3][31:0]", "bias_q[3][63:0]",
                             "rounded_q[3][63:0]", "code_q[3][31:0]"})
    EXPECT_TRUE(shows(view, std::string("u_mul_quant.") + signal)) << signal;
  EXPECT_TRUE(shows(view, "u_accumulators.acc_q[3][31:0]"));
  EXPECT_TRUE(shows(view, "param_scale_i[15:0]")) << "as wide as the design's";
}

TEST(WaveView, ShowsTheChannelThatWaitsFirstAndOnce) {
  WaveView view = view_of_a_pe(0, 0);
  view.place = WavePlace::kNone;
  view.channel = kWeight;
  const auto groups = wave_groups(view);
  EXPECT_EQ(groups[1].name, "weight channel");
  EXPECT_EQ(std::ranges::count(groups, "weight channel", &WaveGroup::name), 1);
}

TEST(WaveView, LeavesOutATapThatIsNotThere) {
  WaveView view = view_of_a_pe(0, 0);
  view.has_tap = false;
  EXPECT_FALSE(shows(view, "tap_valid_o"));
}

TEST(WaveView, ShowsOnlyThePortsOfAnotherDesign) {
  WaveView view = view_of_a_pe(0, 0);
  view.is_core = false;
  view.ports = {"aclk", "s_axis_x_tdata[0][15:0]"};
  EXPECT_THAT(gtkwave_view(view), HasSubstr("@28\nTOP.aclk\n@420\nTOP.s_axis_x_tdata[0][15:0]\n"));
  EXPECT_THAT(gtkwave_view(view), Not(HasSubstr("systole_core")));
}

// Cycle c is at time 10 c (sim/dut/abi.h).
TEST(GtkwaveView, NamesTheWaveformTheMarkerAndWhatIsKnown) {
  const std::string text = gtkwave_view(view_of_a_pe(2, 1));
  EXPECT_THAT(text, HasSubstr("[dumpfile] \"wave.fst\"\n"));
  EXPECT_THAT(text, HasSubstr("\n*-5.6 400 -1 "));
  EXPECT_THAT(text, HasSubstr("[timestart] 280\n"));
  EXPECT_THAT(text, HasSubstr("@200\n-conv1: 3 of 400 elements differ\n-expected 17, got 16\n"));
  EXPECT_THAT(text, HasSubstr("@800200\n-PE of row 2, column 1\n@420\n"
                              "TOP.systole_core.u_array.x_q[2][1][15:0]\n"));
}

TEST(GtkwaveView, HasNoMarkerWithoutACycle) {
  WaveView view = view_of_a_pe(0, 0);
  view.cycle.reset();
  EXPECT_THAT(gtkwave_view(view), HasSubstr("\n*-5.6 -1 -1 "));
  EXPECT_THAT(gtkwave_view(view), HasSubstr("[timestart] 0\n"));
}

TEST(GtkwaveView, KeepsACommentOnItsLine) {
  WaveView view = view_of_a_pe(0, 0);
  view.notes = {"first\n@28\nTOP.clk_i"};
  EXPECT_THAT(gtkwave_view(view), HasSubstr("\n-first @28 TOP.clk_i\n"));
}

// GTKWave makes the column of names as wide as the longest comment: no wave would be seen.
TEST(GtkwaveView, CutsLongCommentsBetweenWords) {
  WaveView view = view_of_a_pe(0, 0);
  view.notes = {"the sum is wrong with the inputs of PE row 2 alone, and right without them",
                std::string(60, 'x')};
  EXPECT_THAT(gtkwave_view(view),
              HasSubstr("\n-the sum is wrong with the inputs of PE row 2 alone,\n"
                        "-  and right without them\n-" +
                        std::string(52, 'x') + "\n-  " + std::string(8, 'x') + "\n"));
}

TEST(SurferView, LoadsTheWaveformAndGoesToTheCycle) {
  const std::string text = surfer_view(view_of_a_pe(2, 1));
  EXPECT_THAT(text, StartsWith("load_file wave.fst\ndivider_add conv1: 3 of 400"));
  EXPECT_THAT(text, HasSubstr("divider_add PE of row 2, column 1\n"
                              "variable_add TOP.systole_core.u_array.x_q[2][1]\n"));
  EXPECT_THAT(text, HasSubstr("variable_add TOP.systole_core.clk_i\n"));
  EXPECT_THAT(text, HasSubstr("cursor_set 400\n"));
}

}  // namespace
}  // namespace systole
