// command_estimate.cpp: `systole estimate CONFIG`: cycles per op from the cycle model.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/estimate.h"
#include "flows/cli/interrupt.h"
#include "flows/cli/prepare.h"
#include "flows/cli/progress.h"
#include "sim/dut/builder.h"
#include "sim/dut/dut.h"
#include "sim/run/replay.h"

namespace systole {
namespace {

struct EstimateOptions {
  ConfigOptions config;
  std::string op;
  bool json = false;
};

/// What the parameters of systole_core say; a design with an adapter of its own is built and asked.
Geometry geometry_of(const RunConfig& config) {
  const DutConfig& dut = config.dut;
  if (!dut.adapter.empty()) {
    Progress progress;
    const BuiltDut built = build_dut(dut, [&](std::string_view step) {
      if (interrupted()) throw Interrupted{};
      progress.show(fmt::format("building the design: {}", step));
    });
    progress.clear();
    return Dut(built, config.bench.seed).geometry();
  }
  const auto value = [&](const std::string& name) {
    return static_cast<std::uint32_t>(dut.parameters.at(name));
  };
  return {.rows = value("Rows"),
          .cols = value("Cols"),
          .acc_depth = value("AccDepth"),
          .scale_bits = value("ScaleBits"),
          .act_bits = value("ActBits"),
          .weight_bits = value("WeightBits"),
          .has_gemmlowp = value("Gemmlowp")};
}

std::int64_t batch_of(const Inputs& inputs, const IntNetwork& network) {
  return shape_of(inputs.tensors.at(network.inputs[0].name))[0];
}

int run(const EstimateOptions& options) {
  const RunConfig config = resolve(options.config);
  const Prepared prepared = prepare(config, false);
  const IntNetwork& network = prepared.network();
  check_pattern(network, options.op);
  const Inputs inputs = make_inputs(network, prepared.bundle.samples, config.inputs);
  const Geometry geometry = geometry_of(config);
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
