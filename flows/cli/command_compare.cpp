// command_compare.cpp: `systole compare EXPECTED GOT`: two traces, tensor by tensor.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "flows/cli/commands.h"
#include "golden/compare.h"
#include "sim/report/table.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

struct CompareOptions {
  std::string expected, got;
  bool json = false;
};

std::string first_difference(const TensorComparison& tensor, const TraceReader& expected) {
  const Comparison& c = tensor.comparison;
  if (c.first < 0) return "";
  for (const TraceEntry& entry : expected.entries())
    if (entry.name == tensor.name)
      return fmt::format("[{}]: expected {}, got {}",
                         fmt::join(unravel(c.first, entry.shape), ", "), c.expected, c.got);
  return "";
}

std::string text(const TraceComparison& result, const TraceReader& expected) {
  Table table({{"tensor"},
               {"kind"},
               {"compared", true},
               {"differ", true},
               {"missing", true},
               {"extra", true},
               {"first difference"}});
  for (const TensorComparison& tensor : result.tensors) {
    const Comparison& c = tensor.comparison;
    table.add({tensor.name, tensor.op, with_commas(c.compared), with_commas(c.mismatched),
               with_commas(c.missing), with_commas(c.extra), first_difference(tensor, expected)});
  }
  return table.text() + fmt::format("{}: {} elements compared\n",
                                    result.matches() ? "MATCH" : "MISMATCH",
                                    with_commas(result.compared()));
}

std::string json(const TraceComparison& result) {
  nlohmann::ordered_json json = {{"verdict", result.matches() ? "match" : "mismatch"},
                                 {"compared", result.compared()},
                                 {"tensors", nlohmann::ordered_json::array()}};
  for (const TensorComparison& tensor : result.tensors)
    json["tensors"].push_back({{"name", tensor.name},
                               {"op", tensor.op},
                               {"compared", tensor.comparison.compared},
                               {"mismatched", tensor.comparison.mismatched},
                               {"missing", tensor.comparison.missing},
                               {"extra", tensor.comparison.extra}});
  return json.dump(2) + "\n";
}

int compare(const CompareOptions& options) {
  const TraceReader expected(options.expected), got(options.got);
  const TraceComparison result = compare_traces(expected, got);
  fmt::print("{}", options.json ? json(result) : text(result, expected));
  return result.matches() ? 0 : 1;
}

}  // namespace

void add_compare_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand("compare", "Compare two traces; exit 0 when all is equal");
  command->add_option("expected", options->expected, "A trace directory")->required();
  command->add_option("got", options->got, "Another one")->required();
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Example:\n  systole compare runs/digits/golden runs/digits/rtl");
  command->callback([=, &action] { action = [=] { return compare(*options); }; });
}

}  // namespace systole
