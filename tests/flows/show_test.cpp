// show_test.cpp: graphs of networks as text, in Graphviz's language and as SVG.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "flows/cli/graph_dot.h"
#include "flows/cli/graph_text.h"
#include "flows/cli/graph_view.h"
#include "model/network/bundle.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kTiny = SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_int";

GraphNode op(std::string name, std::vector<std::string> inputs, bool is_output = false) {
  return {.name = std::move(name),
          .kind = "op",
          .inputs = std::move(inputs),
          .shape = {4},
          .type = "int8",
          .is_output = is_output};
}

GraphNode input(std::string name) {
  GraphNode node = op(std::move(name), {});
  node.unit = ComputeUnit::kInput;
  return node;
}

/// The lanes of every line, without what follows the name.
std::string lanes(const GraphView& graph) {
  std::istringstream text(graph_text(graph, 100));
  std::string result;
  for (std::string line; std::getline(text, line);)
    result += line.substr(0, line.find_last_not_of(' ', line.find("  op  ")) + 1) + "\n";
  return result;
}

IntNetwork long_names(std::size_t length) {
  IntNetwork network;
  network.name = "long";
  network.inputs = {{.name = "x", .shape = {2}, .quantization = {.type = {8, true}}}};
  const std::string name = "first." + std::string(length, 'm') + ".last";
  network.nodes = {{.name = name, .inputs = {"x"}, .op = IntRelu{}, .output = {.type = {8, true}}},
                   {.name = "y", .inputs = {name}, .op = IntRelu{}, .output = {.type = {8, true}}}};
  network.outputs = {"y"};
  return network;
}

TEST(GraphText, DrawsAResidualBlockAsABranchAndAJoin) {
  EXPECT_EQ(lanes({"net",
                   {input("x"), op("a", {"x"}), op("b", {"a"}), op("sum", {"b", "x"}),
                    op("y", {"sum"}, true)}}),
            "○    x\n"
            "├─●  a\n"
            "│ ●  b\n"
            "●─╯  sum\n"
            "◉    y\n");
}

TEST(GraphText, PassesBehindLanesThatItCrosses) {
  EXPECT_EQ(lanes({"net",
                   {input("x"), op("a", {"x"}), op("b", {"x"}), op("c", {"a", "b"}),
                    op("d", {"x", "c"}, true)}}),
            "○      x\n"
            "├─●    a\n"
            "├─│─●  b\n"
            "│ ●─╯  c\n"
            "◉─╯    d\n");
}

TEST(GraphText, ShowsAFloatNetworkThatTakesReals) {
  const FloatNetwork network{
      .name = "reals",
      .inputs = {{.name = "x", .shape = {2}, .quantization = {}, .is_float = true}},
      .outputs = {"relu"},
      .nodes = {{.name = "pad", .inputs = {"x"}, .op = Pad{.amounts = {{1, 1}}}},
                {.name = "pass", .inputs = {"pad"}, .op = Identity{}},
                {.name = "drop", .inputs = {"pass"}, .op = Dropout{}},
                {.name = "relu", .inputs = {"drop"}, .op = Relu{.max = 6}}}};
  EXPECT_EQ(graph_text(view_graph(network), 100),
            "○  x     input     2  float32\n"
            "●  pad   pad       4  float32\n"
            "●  pass  identity  4  float32\n"
            "●  drop  dropout   4  float32\n"
            "◉  relu  relu      4  float32\n");
}

TEST(GraphText, JoinsManyOperandsOnOneLine) {
  EXPECT_EQ(lanes({"net",
                   {input("x"), input("y"), input("z"), op("all", {"z", "y", "x"}),
                    op("end", {"all"}, true)}}),
            "○      x\n"
            "│ ○    y\n"
            "│ │ ○  z\n"
            "●─┴─╯  all\n"
            "◉      end\n");
}

TEST(GraphText, LeadsToOperandsOnBothSides) {
  EXPECT_EQ(lanes({"net",
                   {input("x"), input("y"), input("z"), op("a", {"y", "z"}), op("b", {"x", "z"}),
                    op("c", {"a", "b", "x", "z"}, true)}}),
            "○        x\n"
            "│ ○      y\n"
            "│ │ ○    z\n"
            "│ ●─┤    a\n"
            "├─│─┼─●  b\n"
            "◉─┴─┴─╯  c\n");
}

TEST(GraphText, KeepsALaneForAnOutputThatIsReadOn) {
  EXPECT_EQ(lanes({"net", {input("x"), op("a", {"x"}, true), op("twice", {"a", "a"}, true)}}),
            "○  x\n"
            "◉  a\n"
            "◉  twice\n");
}

TEST(GraphText, FreesTheLaneOfATensorThatNobodyReads) {
  EXPECT_EQ(lanes({"net", {input("x"), op("dead", {"x"}), op("y", {"x"}, true)}}),
            "○    x\n"
            "├─●  dead\n"
            "◉    y\n");
}

TEST(GraphText, SaysKindShapeAndType) {
  GraphNode conv = op("conv", {"x"});
  conv.kind = "int_conv2d";
  conv.shape = {32, 16, 8};
  conv.type = "int32";
  EXPECT_THAT(graph_text({"net", {input("x"), conv}}, 80),
              HasSubstr("●  conv  int_conv2d  32x16x8  int32\n"));
}

TEST(GraphText, StaysWithinTheWidthAndShortensNamesInTheirMiddle) {
  for (const std::size_t width : {40U, 60U, 100U}) {
    const std::string text = graph_text(view_graph(long_names(150)), width);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(count_characters(line), width) << line;
    EXPECT_THAT(text, HasSubstr("first."));
    EXPECT_THAT(text, HasSubstr(".last"));
    EXPECT_THAT(text, HasSubstr("…"));
  }
}

TEST(GraphText, CutsColumnsThatDoNotFit) {
  GraphNode add = op("sum", {"x"});
  add.kind = "float_global_avg_pool";
  add.shape = {1024, 1024, 144};
  add.type = "float32";
  std::istringstream lines(graph_text({"net", {input("x"), add}}, 40));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(count_characters(line), 40U) << line;
}

TEST(GraphText, CutsMoreLanesThanFit) {
  GraphView graph{"wide", {}};
  std::vector<std::string> names;
  for (int i = 0; i < 80; ++i) {
    names.push_back("x" + std::to_string(i));
    graph.nodes.push_back(input(names.back()));
  }
  graph.nodes.push_back(op("all", names, true));
  std::istringstream lines(graph_text(graph, 60));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(count_characters(line), 60U) << line;
}

TEST(Shortened, LosesNothingThatFits) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abc…fg");
  EXPECT_EQ(shortened("abcdefg", 3), "a…g");
}

TEST(GraphDot, ColoursByWhatComputesAnOp) {
  IntNetwork network;
  network.name = "units";
  network.inputs = {{.name = "x", .shape = {2}, .quantization = {.type = {8, true}}}};
  const IntTensor weight({2, 2}, 1);
  const MulQuant quant{.channels = {{.scale = 1}}, .clamp = {-128, 127}};
  network.nodes = {{.name = "array", .inputs = {"x"}, .op = IntMatmul{.weight = weight}},
                   {.name = "lanes", .inputs = {"array"}, .op = quant},
                   {.name = "to_lower",
                    .inputs = {"x"},
                    .op = IntMatmul{.weight = weight, .input_zero_point = 3}},
                   {.name = "host", .inputs = {"x"}, .op = IntRelu{}},
                   {.name = "floats", .inputs = {"x"}, .op = Dequantize{}, .is_float = true}};
  const GraphView graph = view_graph(network);
  const std::vector<ComputeUnit> expected = {ComputeUnit::kInput, ComputeUnit::kArray,
                                             ComputeUnit::kLanes, ComputeUnit::kToLower,
                                             ComputeUnit::kHost,  ComputeUnit::kFloats};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(graph.nodes[i].unit, expected[i]) << graph.nodes[i].name;
  const std::string dot = graph_dot(graph);
  for (const char* meaning : {"input", "array", "MulQuant lanes", "array, once lowered",
                              "host, other tools' arithmetic", "floats"})
    EXPECT_THAT(dot, HasSubstr("&#160;" + std::string(meaning) + "&#160;"));
}

TEST(GraphDot, LabelsEdgesWithShapeAndType) {
  const Bundle bundle = load_bundle(kTiny);
  const std::string dot = graph_dot(view_graph(int_network(bundle, kTiny)));
  EXPECT_THAT(dot, HasSubstr("\"image\" -> \"conv1\" [label=\" 6x6x3 uint8\"];"));
  EXPECT_THAT(dot, HasSubstr("\"conv1\" -> \"conv1.quant\" [label=\" 6x6x8 int32\"];"));
  EXPECT_THAT(dot, HasSubstr("int_conv2d · 7,776 MACs"));
  EXPECT_THAT(dot, Not(HasSubstr("floats")));
}

TEST(GraphDot, EscapesWhatTheLanguageReadsOtherwise) {
  const std::string dot = graph_dot({"a \"net\" <b> \\ & c", {input("x\"\\N<&>")}});
  EXPECT_THAT(dot, HasSubstr("digraph \"a \\\"net\\\" <b> \\\\ & c\" {"));
  EXPECT_THAT(dot, HasSubstr("a &quot;net&quot; &lt;b&gt; \\ &amp; c"));
  EXPECT_THAT(dot, HasSubstr("  \"x\\\"\\\\N<&>\" [label=<x&quot;\\N&lt;&amp;&gt;<br/>"));
}

/// The texts of an SVG's <title> elements, one per line; empty when it is no XML.
std::string titles(const std::string& path) {
  return run_process({"python3", "-c",
                      "import sys, xml.etree.ElementTree as x\n"
                      "for e in x.parse(sys.argv[1]).iter('{http://www.w3.org/2000/svg}title'):\n"
                      "  print(e.text)",
                      path})
      .out;
}

TEST(ShowSvg, IsXmlWithEveryOpByItsWholeName) {
  const TempDirectory out;
  const Finished show = run_systole({"show", kTiny, "--svg", out / "net.svg"});
  ASSERT_EQ(show.exit_code, 0) << show.err;
  const std::string found = "\n" + titles(out / "net.svg");
  const Bundle bundle = load_bundle(kTiny);
  for (const IntNode& node : int_network(bundle, kTiny).nodes)
    EXPECT_THAT(found, HasSubstr("\n" + node.name + "\n"));
}

TEST(ShowSvg, SurvivesNamesOfEveryKind) {
  const TempDirectory out;
  IntNetwork network = long_names(180);
  network.name = "<\"quoted\"> & \\n {x|y}";
  network.nodes[1].name = "a:b/c.d-e_f";
  network.outputs = {"a:b/c.d-e_f"};
  write_bundle(out / "b", {.network = network});
  const Finished show = run_systole({"show", out / "b", "--svg", out / "net.svg"});
  ASSERT_EQ(show.exit_code, 0) << show.err;
  EXPECT_THAT(titles(out / "net.svg"), HasSubstr("\na:b/c.d-e_f\n"));
  EXPECT_THAT(titles(out / "net.svg"), HasSubstr("\nfirst." + std::string(180, 'm') + ".last\n"));
}

TEST(ShowSvg, SaysWhatToInstallWhereDotIsMissing) {
  const TempDirectory out;
  const Finished show = run_process(
      {"env", "PATH=" + out.path(), SYSTOLE_TEST_PROGRAM, "show", kTiny, "--svg", out / "net.svg"});
  EXPECT_EQ(show.exit_code, 2);
  EXPECT_THAT(show.err, HasSubstr("dot: got no program that runs, expected Graphviz's program dot, "
                                  "which draws the SVG; install graphviz (flows/setup does), or "
                                  "write the DOT text with --dot"));
  EXPECT_FALSE(std::filesystem::exists(out / "net.svg"));
}

TEST(ShowDot, WritesTheTextThatDotReads) {
  const TempDirectory out;
  ASSERT_EQ(run_systole({"show", kTiny, "--dot", out / "net.dot"}).exit_code, 0);
  const Finished dot = run_process({"dot", "-Tplain", out / "net.dot"});
  EXPECT_EQ(dot.exit_code, 0) << dot.err;
  EXPECT_THAT(dot.out, HasSubstr("\nedge conv1 \"conv1.quant\" "));
  EXPECT_THAT(dot.err, testing::IsEmpty());
}

TEST(ShowGraph, PrintsALinePerOpOfBothKinds) {
  const Finished integers = run_systole({"show", kTiny, "--graph"});
  EXPECT_EQ(integers.exit_code, 0);
  EXPECT_THAT(integers.out, HasSubstr("●─╯    grouped.quant   mul_quant     6x6x8   uint8\n"));
  EXPECT_EQ(std::count(integers.out.begin(), integers.out.end(), '\n'), 28);
  const Finished floats = run_systole({"show", SYSTOLE_SOURCE_DIR "/golden/digits", "--graph"});
  EXPECT_THAT(floats.out, HasSubstr("●─╯  block1.add         add              8x8x24  float32\n"));
}

TEST(ShowGraph, RefusesATrace) {
  const TempDirectory out;
  write_text(out / "trace.json", "{}");
  for (const char* option : {"--graph", "--svg", "--dot"}) {
    std::vector<std::string> command = {"show", out.path(), option};
    if (std::string(option) != "--graph") command.push_back(out / "file");
    const Finished show = run_systole(command);
    EXPECT_EQ(show.exit_code, 2) << option;
    EXPECT_THAT(show.err, HasSubstr("got a trace, expected a bundle, whose graph can be drawn"));
  }
}

TEST(ShowTable, ShortensLongNames) {
  const TempDirectory out;
  write_bundle(out / "b", {.network = long_names(150)});
  const Finished show = run_systole({"show", out / "b"});
  EXPECT_EQ(show.exit_code, 0);
  EXPECT_THAT(show.out, HasSubstr("first.mmmmmmmmmmmmmm…mmmmmmmmmmmmmm.last"));
  EXPECT_THAT(show.out, Not(HasSubstr(std::string(41, 'm'))));
}

}  // namespace
}  // namespace systole::test
