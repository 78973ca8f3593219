// command_estimate.cpp: `systole estimate CONFIG`: cycles per op from the cycle model.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/design_geometry.h"
#include "flows/cli/estimate.h"
#include "flows/cli/prepare.h"
#include "sim/run/replay.h"

namespace systole {
namespace {

struct EstimateOptions {
  ConfigOptions config;
  std::string op;
  bool json = false;
};

std::int64_t batch_of(const Inputs& inputs, const IntNetwork& network) {
  return shape_of(inputs.tensors.at(network.inputs[0].name))[0];
}

int run(const EstimateOptions& options) {
  const RunConfig config = resolve(options.config);
  const Prepared prepared = prepare(config, false);
  const IntNetwork& network = prepared.network();
  check_pattern(network, options.op);
  const Inputs inputs = make_inputs(network, prepared.bundle.samples, config.inputs);
  const Geometry geometry = design_geometry(config.dut);
  Plan plan = plan_jobs(network, geometry);
  for (HostOp& host : plan.host)
    if (const auto found = prepared.host_reasons.find(host.node->name);
        found != prepared.host_reasons.end())
      host.reason = found->second;
  Estimate result =
      estimate(network, plan, select_jobs(plan, options.op), geometry, batch_of(inputs, network));
  result.stall_rate = config.bench.stall_rate;
  fmt::print("{}", options.json ? to_json(result) : to_text(result));
  return 0;
}

}  // namespace

void add_estimate_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<EstimateOptions>();
  CLI::App* command = app.add_subcommand(
      "estimate", "Predict the cycles of every op, and what they are lost to, without simulating");
  add_config_options(*command, options->config);
  command->remove_option(command->get_option("--out"));  // It writes nothing.
  command->add_option("--rtl", options->config.rtl, "Use this RTL tree instead of dut.dir");
  command->add_option("--op", options->op, "Only the ops that match this name or pattern");
  command->add_flag("--json", options->json, "Print JSON instead of the table");
  command->footer(
      "Cycles are those of systole_core without stalls; a design with an adapter of its own is\n"
      "built to learn its sizes.\n"
      "Examples:\n"
      "  systole estimate configs/digits.yaml\n"
      "  systole estimate configs/digits.yaml --set dut.parameters.Cols=32 --op 'block1.*' --json");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
