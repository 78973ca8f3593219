// lower_text.cpp: lays out what lowering changed.
#include "flows/cli/lower_text.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/report/table.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

std::string decibels(double sqnr) {
  return std::isinf(sqnr) && sqnr > 0 ? "equal" : fmt::format("{:.1f}", sqnr);
}

std::string op_table(const LowerReport& report) {
  Table table({{"op"},
               {"kind"},
               {"stands for"},
               {"compared", true},
               {"differ", true},
               {"largest", true},
               {"SQNR dB", true},
               {"scale error", true}});
  for (const LoweredOp& op : report.ops) {
    const std::string name = op.faithful == op.op ? "" : op.faithful + ", ";
    table.add({op.op, op.kind, name + op.from, with_commas(op.compared), with_commas(op.differing),
               with_commas(op.largest), decibels(op.sqnr_db),
               op.scale_error ? fmt::format("{:.1e}", *op.scale_error) : ""});
  }
  return table.text();
}

std::string output_text(const LoweredOutput& output) {
  return fmt::format("{}: top-1 equal in {} of {} samples; {} of {} codes differ, by {} at most\n",
                     output.lowered, output.top1_equal, output.samples,
                     with_commas(output.differing), with_commas(output.compared),
                     with_commas(output.largest));
}

std::string host_table(const LowerReport& report) {
  if (report.kept.empty()) return "";
  Table table({{"on the host"}, {"because"}});
  for (const KeptOp& op : report.kept) table.add({op.op, op.reason});
  return table.text() + "\n";
}

}  // namespace

std::string to_text(const LowerReport& report) {
  std::string text = "each op from the faithful network's operands:\n\n" + op_table(report) + "\n" +
                     host_table(report) + "each network from the inputs to the end:\n";
  for (const LoweredOutput& output : report.outputs) text += output_text(output);
  return text + fmt::format("{}: {:.2f} % of {} MACs lowered, {} of {} ops, scales within {:.1e}\n",
                            report.network, report.macs.percent(), with_commas(report.macs.all),
                            report.op_count - report.kept.size(), report.op_count,
                            report.worst_scale_error());
}

std::string to_json(const LowerReport& report) {
  Json json = {{"network", report.network},
               {"macs", report.macs.all},
               {"macs_lowered", report.macs.lowered},
               {"worst_scale_error", report.worst_scale_error()},
               {"compared", report.compared()},
               {"ops", Json::array()},
               {"host", Json::array()},
               {"outputs", Json::array()}};
  for (const LoweredOp& op : report.ops) {
    Json row = {
        {"name", op.op},           {"op", op.kind},
        {"faithful", op.faithful}, {"from", op.from},
        {"compared", op.compared}, {"differing", op.differing},
        {"largest", op.largest},   {"sqnr_db", std::isinf(op.sqnr_db) ? Json() : Json(op.sqnr_db)}};
    if (op.scale_error) row["scale_error"] = *op.scale_error;
    json["ops"].push_back(std::move(row));
  }
  for (const KeptOp& op : report.kept)
    json["host"].push_back({{"name", op.op}, {"reason", op.reason}});
  for (const LoweredOutput& output : report.outputs)
    json["outputs"].push_back({{"faithful", output.faithful},
                               {"lowered", output.lowered},
                               {"samples", output.samples},
                               {"top1_equal", output.top1_equal},
                               {"compared", output.compared},
                               {"differing", output.differing},
                               {"largest", output.largest}});
  return json.dump(2) + "\n";
}

}  // namespace systole
