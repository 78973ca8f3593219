// graph_dot.cpp: boxes, edges, a legend; and the program `dot` that places them.
#include "flows/cli/graph_dot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "flows/cli/program.h"
#include "model/config/error.h"
#include "model/tensor/atomic_file.h"
#include "model/tensor/mapped_file.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

struct Look {
  ComputeUnit unit;
  const char* fill;
  const char* line;
  const char* line_style;
  const char* meaning;
};

constexpr std::array<Look, 6> kLooks = {{
    {ComputeUnit::kInput, "#ffffff", "#7f8c8d", "rounded", "input"},
    {ComputeUnit::kArray, "#d6e8f7", "#2c6fa6", "rounded", "array"},
    {ComputeUnit::kToLower, "#eef5fb", "#2c6fa6", "rounded,dashed", "array, once lowered"},
    {ComputeUnit::kLanes, "#dcf2dc", "#3d8b40", "rounded", "MulQuant lanes"},
    {ComputeUnit::kHost, "#ececec", "#777777", "rounded", "host, other tools' arithmetic"},
    {ComputeUnit::kFloats, "#fde9d0", "#c77c16", "rounded", "floats"},
}};

const Look& look_of(ComputeUnit unit) {
  return *std::find_if(kLooks.begin(), kLooks.end(),
                       [&](const Look& look) { return look.unit == unit; });
}

/// A double-quoted string of the language.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

/// Text inside a label between < and >.
std::string markup(const std::string& text) {
  static const std::map<char, std::string> kEntities = {
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
  std::string result;
  for (const char c : text) {
    const auto entity = kEntities.find(c);
    result += entity == kEntities.end() ? std::string(1, c) : entity->second;
  }
  return result;
}

std::string box(const GraphNode& node) {
  constexpr std::size_t kNameWidth = 40;
  const Look& look = look_of(node.unit);
  const std::string macs =
      node.macs > 0 ? fmt::format(" · {} MACs", with_commas(node.macs)) : std::string();
  return fmt::format(
      "  {} [label=<{}<br/><font point-size=\"9\" color=\"#444444\">{}{}</font>>, tooltip={}, "
      "fillcolor=\"{}\", color=\"{}\", style=\"filled,{}\", penwidth={}];\n",
      quoted(node.name), markup(shortened(node.name, kNameWidth)), markup(node.kind), macs,
      quoted(node.name), look.fill, look.line, look.line_style, node.is_output ? "2.5" : "1");
}

/// The network's name over one coloured field per unit that occurs.
std::string legend(const GraphView& graph) {
  std::string fields;
  int count = 0;
  for (const Look& look : kLooks) {
    if (std::none_of(graph.nodes.begin(), graph.nodes.end(),
                     [&](const GraphNode& node) { return node.unit == look.unit; }))
      continue;
    fields +=
        fmt::format("<td border=\"1\" bgcolor=\"{}\" color=\"{}\" style=\"{}\">&#160;{}&#160;</td>",
                    look.fill, look.line, look.line_style, look.meaning);
    ++count;
  }
  return fmt::format(
      "<<table border=\"0\" cellborder=\"0\" cellspacing=\"6\" cellpadding=\"4\">"
      "<tr><td colspan=\"{}\"><font point-size=\"16\">{}</font></td></tr><tr>{}</tr></table>>",
      count, markup(graph.name), fields);
}

std::string edges(const GraphView& graph) {
  std::map<std::string, const GraphNode*> nodes;
  std::string text;
  for (const GraphNode& node : graph.nodes) {
    for (const std::string& input : node.inputs) {
      const GraphNode& from = *nodes.at(input);
      text += fmt::format("  {} -> {} [label=\" {} {}\"];\n", quoted(input), quoted(node.name),
                          extents_text(from.shape), from.type);
    }
    nodes[node.name] = &node;
  }
  return text;
}

}  // namespace

std::string graph_dot(const GraphView& graph) {
  std::string text = fmt::format(
      "digraph {} {{\n"
      "  graph [label={}, labelloc=t, fontname=\"Helvetica\", fontsize=10, ranksep=0.35, "
      "nodesep=0.4, bgcolor=\"white\"];\n"
      "  node [shape=box, fontname=\"Helvetica\", fontsize=11, margin=\"0.14,0.05\"];\n"
      "  edge [fontname=\"Helvetica\", fontsize=9, fontcolor=\"#555555\", color=\"#555555\", "
      "arrowsize=0.7];\n",
      quoted(graph.name), legend(graph));
  for (const GraphNode& node : graph.nodes) text += box(node);
  return text + edges(graph) + "}\n";
}

std::string draw_svg(const std::string& dot) {
  const Scratch scratch;
  write_file_atomically(scratch.file("graph.dot"), dot);
  const int status =
      run_program({"dot", "-Tsvg", "-o", scratch.file("graph.svg"), scratch.file("graph.dot")},
                  "Graphviz's program dot, which draws the SVG",
                  "install graphviz (flows/setup does), or write the DOT text with --dot");
  if (status != 0)
    throw InputError({.where = {"dot"},
                      .got = fmt::format("exit status {}", status),
                      .expected = "an SVG",
                      .hint = "write the DOT text with --dot and see what dot says about it"});
  return std::string(MappedFile(scratch.file("graph.svg")).bytes());
}

}  // namespace systole
