// quant_text.cpp: lays out what quantisation decided and what it cost.
#include "flows/cli/quant_text.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/report/table.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

std::string decibels(const Energy& energy) {
  const double db = sqnr_db(energy);
  return std::isinf(db) ? "equal" : fmt::format("{:.1f}", db);
}

std::string percent(std::int64_t part, std::int64_t all) {
  if (all == 0) return "";
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(all);
  return part == 0 ? "0" : fmt::format("{:.3g}", share);
}

std::string range_of(const TensorReport& tensor) {
  return fmt::format("{:.4g} to {:.4g}", tensor.lo, tensor.hi);
}

std::string weight_table(const QuantReport& report) {
  Table table({{"weight"},
               {"format"},
               {"scales"},
               {"method"},
               {"range"},
               {"clipped %", true},
               {"zeros %", true},
               {"bytes", true}});
  for (const OpReport& op : report.ops) {
    if (!op.weight) continue;
    const TensorReport& weight = *op.weight;
    table.add(
        {weight.name, weight.format,
         weight.groups == 1 ? "tensor" : fmt::format("{} of {}", weight.groups, weight.granularity),
         weight.method, range_of(weight), percent(weight.clipped, weight.elements),
         percent(op.weight_zeros, weight.elements), with_commas(op.weight_bytes)});
  }
  return table.text();
}

std::string op_table(const QuantReport& report) {
  Table table({{"op"},
               {"format"},
               {"method"},
               {"range"},
               {"clipped %", true},
               {"scale error", true},
               {"scale dB", true},
               {"fake/float dB", true},
               {"int/fake dB", true},
               {"exact %", true}});
  for (const OpReport& op : report.ops) {
    const bool is_own = op.output.has_value();
    table.add({op.op, is_own ? op.output->format : "", is_own ? op.output->method : "",
               is_own ? range_of(*op.output) : "",
               is_own ? percent(op.output->clipped, op.output->elements) : "",
               op.has_scales ? fmt::format("{:.1e}", op.scales.largest_error) : "",
               op.scale_cost ? decibels(*op.scale_cost) : "", decibels(op.paths.fake_to_float),
               decibels(op.paths.integer_to_fake), percent(op.paths.exact, op.paths.elements)});
  }
  return table.text();
}

std::string rounded_table(const QuantReport& report) {
  Table table({{"learned rounding"}, {"changed", true}, {"error, nearest", true}, {"error", true}});
  bool has_any = false;
  for (const OpReport& op : report.ops) {
    if (!op.rounded) continue;
    has_any = true;
    table.add({op.rounded->op, with_commas(op.rounded->changed),
               fmt::format("{:.3e}", op.rounded->nearest_error),
               fmt::format("{:.3e}", op.rounded->error)});
  }
  return has_any ? "\n" + table.text() : "";
}

Json number(double db) { return std::isinf(db) ? Json() : Json(db); }

Json to_json(const OpReport& op) {
  Json json = {{"op", op.op}, {"float_op", op.float_op}};
  if (op.weight) {
    json["weight"] = to_json(*op.weight);
    json["weight"]["zeros"] = op.weight_zeros;
    json["weight"]["bytes"] = op.weight_bytes;
  }
  if (op.rounded)
    json["learned_rounding"] = {{"changed", op.rounded->changed},
                                {"nearest_error", op.rounded->nearest_error},
                                {"error", op.rounded->error}};
  if (op.output) json["output"] = to_json(*op.output);
  if (op.has_scales) {
    json["scales"] = {{"largest_error", op.scales.largest_error},
                      {"zeros", op.scales.zeros},
                      {"saturated", op.scales.saturated}};
    if (op.scale_cost) json["scales"]["sqnr_db"] = number(sqnr_db(*op.scale_cost));
  }
  json["compared"] = op.paths.elements;
  json["exact"] = op.paths.exact;
  json["sqnr_db"] = {{"fake_to_float", number(sqnr_db(op.paths.fake_to_float))},
                     {"integer_to_fake", number(sqnr_db(op.paths.integer_to_fake))},
                     {"integer_to_float", number(sqnr_db(op.paths.integer_to_float))}};
  return json;
}

}  // namespace

std::string to_text(const QuantReport& report) {
  std::string text = weight_table(report) + "\n" + op_table(report) + rounded_table(report);
  text += fmt::format("\n{} weights in {} bytes, {} % zeros; paths compared over {} samples\n",
                      with_commas(report.weights), with_commas(report.weight_bytes),
                      percent(report.weight_zeros, report.weights), report.samples);
  for (const std::string& warning : report.warnings) text += "warning: " + warning + "\n";
  return text;
}

Json to_json(const TensorReport& tensor) {
  return {{"name", tensor.name},
          {"format", tensor.format},
          {"granularity", tensor.granularity},
          {"scales", tensor.groups},
          {"method", tensor.method},
          {"range", {tensor.lo, tensor.hi}},
          {"elements", tensor.elements},
          {"clipped", tensor.clipped}};
}

Json to_json(const QuantReport& report) {
  Json json = {{"samples", report.samples},           {"weights", report.weights},
               {"weight_zeros", report.weight_zeros}, {"weight_bytes", report.weight_bytes},
               {"warnings", report.warnings},         {"ops", Json::array()}};
  for (const OpReport& op : report.ops) json["ops"].push_back(to_json(op));
  return json;
}

}  // namespace systole
