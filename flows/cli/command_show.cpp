// command_show.cpp: `systole show BUNDLE|TRACE`: ops, shapes, types, ranges, MACs; the graph.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/graph_dot.h"
#include "flows/cli/graph_text.h"
#include "flows/cli/graph_view.h"
#include "golden/trace.h"
#include "model/config/error.h"
#include "model/network/bundle.h"
#include "model/network/op_name.h"
#include "model/network/ranges.h"
#include "model/network/shapes.h"
#include "model/network/statistics.h"
#include "model/tensor/atomic_file.h"
#include "sim/report/table.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameWidth = 40;

struct ShowOptions {
  std::string path, dot, svg;
  bool graph = false;
};

std::string range_text(const IntRange& range) {
  return fmt::format("[{}, {}]", range.lo, range.hi);
}

std::string type_text(bool is_float, const Quantization& quantization) {
  return is_float ? "float32" : to_string(quantization.type);
}

std::string measured_range(const AnyTensor& tensor) {
  if (!is_real(tensor)) return range_text(value_range(integers(tensor)));
  const std::vector<float>& data = reals(tensor).data;
  if (data.empty()) return "";
  const auto [lowest, highest] = std::minmax_element(data.begin(), data.end());
  return fmt::format("[{:g}, {:g}]", *lowest, *highest);
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + shortened(name, kNameWidth);
  return text;
}

/// The type and the static range of an op's output; floats have neither.
std::pair<std::string, std::string> type_and_range(const IntNode& node, const Ranges& ranges) {
  if (node.is_float) return {"float32", ""};
  return {to_string(node.output.type), range_text(ranges.at(node.name))};
}
std::pair<std::string, std::string> type_and_range(const FloatNode&, const Ranges&) {
  return {"float32", ""};
}

Ranges ranges_of(const IntNetwork& network) { return value_ranges(network); }
Ranges ranges_of(const FloatNetwork&) { return {}; }

template <class Network>
void show_network(const Network& network) {
  const Shapes shapes = infer_shapes(network, 1);
  const auto macs = count_macs(network, shapes);
  const Ranges ranges = ranges_of(network);
  Table table({{"op"}, {"kind"}, {"inputs"}, {"shape"}, {"type"}, {"range"}, {"MACs", true}});
  for (const NetworkInput& input : network.inputs)
    table.add({shortened(input.name, kNameWidth), "input", "", to_string(shapes.at(input.name)),
               type_text(input.is_float, input.quantization),
               input.is_float ? "" : range_text(input.quantization.type.range()), ""});
  std::int64_t total = 0;
  for (const auto& node : network.nodes) {
    const auto [type, range] = type_and_range(node, ranges);
    const std::int64_t count = macs.at(node.name);
    table.add({shortened(node.name, kNameWidth), std::string(op_name(node.op)), joined(node.inputs),
               to_string(shapes.at(node.name)), type, range, count ? with_commas(count) : ""});
    total += count;
  }
  fmt::print("{}{} MACs per sample, {} parameters\n", table.text(), with_commas(total),
             with_commas(count_parameters(network)));
}

std::size_t terminal_width() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 100;
}

void draw(const Bundle& bundle, const ShowOptions& options) {
  const GraphView graph =
      std::visit([](const auto& network) { return view_graph(network); }, bundle.network);
  if (!options.dot.empty()) write_file_atomically(options.dot, graph_dot(graph));
  if (!options.svg.empty()) write_file_atomically(options.svg, draw_svg(graph_dot(graph)));
  if (options.graph) fmt::print("{}", graph_text(graph, terminal_width()));
}

void show_bundle(const ShowOptions& options) {
  const Bundle bundle = load_bundle(options.path);
  if (options.graph || !options.dot.empty() || !options.svg.empty()) return draw(bundle, options);
  const auto* floats = std::get_if<FloatNetwork>(&bundle.network);
  fmt::print("{} network {}: {}\n", floats ? "float" : "integer",
             floats ? floats->name : std::get<IntNetwork>(bundle.network).name, bundle.description);
  fmt::print("sha256 {}\n", bundle.hash);
  for (const auto& [name, set] : bundle.samples)
    fmt::print("samples '{}': {}{}\n", name, set.count(), set.labels.empty() ? "" : ", labelled");
  std::visit([](const auto& network) { show_network(network); }, bundle.network);
}

void show_trace(const std::string& path) {
  const TraceReader trace(path);
  fmt::print("trace of {}\nnetwork sha256 {}\n", trace.network(), trace.network_hash());
  Table table({{"tensor"}, {"kind"}, {"inputs"}, {"shape"}, {"type"}, {"range"}, {"sha256"}});
  for (const TraceEntry& entry : trace.entries())
    table.add({shortened(entry.name, kNameWidth), entry.op, joined(entry.inputs),
               to_string(entry.shape), type_text(entry.is_float, entry.quantization),
               measured_range(trace.read(entry.name)), entry.sha256.substr(0, 12)});
  fmt::print("{}", table.text());
}

int show(const ShowOptions& options) {
  const std::string& path = options.path;
  if (fs::exists(path + "/network.yaml"))
    show_bundle(options);
  else if (!fs::exists(path + "/trace.json"))
    throw InputError({{path, 0},
                      "",
                      fs::exists(path) ? "a directory with neither" : "nothing",
                      "a bundle (network.yaml) or a trace (trace.json)",
                      ""});
  else if (options.graph || !options.dot.empty() || !options.svg.empty())
    throw InputError({.where = path,
                      .got = "a trace",
                      .expected = "a bundle, whose graph can be drawn",
                      .hint = "name the network's bundle"});
  else
    show_trace(path);
  return 0;
}

}  // namespace

void add_show_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app.add_subcommand(
      "show", "Print the ops or tensors of a bundle or a trace, or draw a graph");
  command->add_option("path", options->path, "Directory of a bundle or a trace")->required();
  command->add_flag("--graph", options->graph, "Print a bundle's graph instead of the table");
  command->add_option("--svg", options->svg, "Draw a bundle's graph to a file, with Graphviz");
  command->add_option("--dot", options->dot, "Write a bundle's graph in Graphviz's language");
  command->footer(
      "Examples:\n"
      "  systole show golden/digits\n"
      "  systole show golden/digits --graph\n"
      "  systole show golden/digits --svg digits.svg\n"
      "  systole show runs/digits/golden");
  command->callback([=, &action] { action = [=] { return show(*options); }; });
}

}  // namespace systole
