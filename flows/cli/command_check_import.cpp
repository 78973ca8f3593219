// command_check_import.cpp: `systole check-import BUNDLE TRACE`: is the import faithful?
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "flows/cli/commands.h"
#include "golden/check_import.h"
#include "model/network/bundle.h"
#include "sim/report/table.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

struct CheckImportOptions {
  std::string bundle, trace, expected;
  bool json = false;
};

struct Totals {
  std::int64_t compared = 0, recorded = 0, chained = 0;
};

Totals totals(const std::vector<ImportedOp>& ops) {
  Totals sum;
  for (const ImportedOp& op : ops) {
    sum.compared += op.recorded.comparison.compared;
    sum.recorded += op.recorded.comparison.mismatched;
    sum.chained += op.chained.comparison.mismatched;
  }
  return sum;
}

/// Why the row is as it is; empty when nothing differs.
std::string remark(const ImportedOp& op, const ExpectedDifferences& expected) {
  const Comparison& c = op.recorded.comparison;
  if (!c.same_shape || c.missing || c.extra) return "the shapes differ";
  const auto found = expected.find(op.name);
  if (found == expected.end()) return agrees(op, expected) ? "" : "not expected";
  const std::string counts =
      fmt::format("expected {} and {}: ", with_commas(found->second.recorded),
                  with_commas(found->second.chained));
  return (agrees(op, expected) ? "expected: " : counts) + found->second.reason;
}

std::string text(const std::vector<ImportedOp>& ops, const ExpectedDifferences& expected) {
  Table table({{"op"},
               {"kind"},
               {"compared", true},
               {"differ", true},
               {"largest", true},
               {"chained differ", true},
               {"largest", true},
               {"remark"}});
  for (const ImportedOp& op : ops)
    table.add({op.name, op.op, with_commas(op.recorded.comparison.compared),
               with_commas(op.recorded.comparison.mismatched),
               fmt::format("{:.4g}", op.recorded.largest),
               with_commas(op.chained.comparison.mismatched),
               fmt::format("{:.4g}", op.chained.largest), remark(op, expected)});
  const Totals sum = totals(ops);
  return table.text() +
         fmt::format(
             "{}: {} ops, {} elements compared, {} differ from the tool's own operands, {} "
             "chained from the network's input\n",
             agrees(ops, expected) ? "AS RECORDED" : "DIFFERS", ops.size(),
             with_commas(sum.compared), with_commas(sum.recorded), with_commas(sum.chained));
}

nlohmann::ordered_json to_json(const OpAgreement& agreement) {
  const Comparison& c = agreement.comparison;
  return {{"compared", c.compared},
          {"mismatched", c.mismatched},
          {"missing", c.missing},
          {"extra", c.extra},
          {"largest", agreement.largest}};
}

std::string json(const std::vector<ImportedOp>& ops, const ExpectedDifferences& expected) {
  const Totals sum = totals(ops);
  nlohmann::ordered_json json = {{"verdict", agrees(ops, expected) ? "match" : "mismatch"},
                                 {"compared", sum.compared},
                                 {"mismatched", sum.recorded},
                                 {"mismatched_chained", sum.chained},
                                 {"ops", nlohmann::ordered_json::array()}};
  for (const ImportedOp& op : ops)
    json["ops"].push_back({{"name", op.name},
                           {"op", op.op},
                           {"recorded", to_json(op.recorded)},
                           {"chained", to_json(op.chained)},
                           {"as_expected", agrees(op, expected)},
                           {"remark", remark(op, expected)}});
  return json.dump(2) + "\n";
}

int check(const CheckImportOptions& options) {
  const Bundle bundle = load_bundle(options.bundle);
  const TraceReader trace(options.trace);
  const auto ops = check_import(int_network(bundle, options.bundle), trace);
  ExpectedDifferences expected;
  if (!options.expected.empty()) expected = load_expected_differences(options.expected, ops);
  fmt::print("{}", options.json ? json(ops, expected) : text(ops, expected));
  return agrees(ops, expected) ? 0 : 1;
}

}  // namespace

void add_check_import_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<CheckImportOptions>();
  CLI::App* command = app.add_subcommand(
      "check-import",
      "Compare an imported network with the tensors that its own tool recorded, op by op from the "
      "tool's operands and chained from the network's input; exit 0 when all is equal");
  command->add_option("bundle", options->bundle, "The imported bundle")->required();
  command->add_option("trace", options->trace, "The recorded tensors: import --goldens")
      ->required();
  command->add_option("--expect", options->expected,
                      "A YAML file of differences that are known and explained");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Example:\n"
      "  systole import tflite net.tflite -o net\n"
      "  systole import tflite net.tflite --goldens ref.safetensors -o net.trace\n"
      "  systole check-import net net.trace");
  command->callback([=, &action] { action = [=] { return check(*options); }; });
}

}  // namespace systole
