// json.cpp: plain values to nlohmann::ordered_json.
#include "sim/report/json.h"

#include <nlohmann/json.hpp>

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

Json to_object(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json object = Json::object();
  for (const auto& [key, value] : pairs) object[key] = value;
  return object;
}

Json to_object(const Difference& difference) {
  return {{"index", difference.index},   {"expected", difference.expected},
          {"got", difference.got},       {"tile", difference.place.tile},
          {"row", difference.place.row}, {"column", difference.place.column}};
}

Json to_object(const Failure& failure) {
  Json object = {{"kind", to_string(failure.kind)}, {"cycle", failure.cycle}};
  if (!failure.file.empty()) object["file"] = failure.file;
  if (failure.line > 0) object["line"] = failure.line;
  if (!failure.channel.empty()) object["channel"] = failure.channel;
  return object;
}

Json to_object(const Explanation& explanation) {
  Json object = {{"evidence", explanation.evidence}};
  const auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) object[key] = text;
  };
  add("pattern", explanation.pattern);
  add("stage", explanation.stage);
  if (explanation.follows) object["follows"] = true;
  add("kind", explanation.kind);
  if (explanation.pe_row) object["pe_row"] = *explanation.pe_row;
  if (explanation.pe_column) object["pe_column"] = *explanation.pe_column;
  if (explanation.first_cycle) object["first_cycle"] = *explanation.first_cycle;
  const HeatMap& map = explanation.output;
  object["output"] = {{"rows", map.rows}, {"columns", map.columns}, {"counts", map.counts}};
  object["array_columns"] = explanation.array_columns;
  add("wave", explanation.wave);
  add("view", explanation.view);
  add("reproducer", explanation.reproducer);
  return object;
}

Json to_object(const OpVerdict& op, bool is_stalled) {
  Json object = {{"name", op.name},
                 {"op", op.op},
                 {"engine", to_string(op.engine)},
                 {"state", to_string(op.state)},
                 {"shape", op.shape},
                 {"macs", op.macs},
                 {"cycles", op.cycles},
                 {"predicted_cycles", op.predicted},
                 {"utilisation", op.utilisation},
                 {"compared", op.compared},
                 {"mismatched", op.mismatched}};
  if (!is_stalled && is_unpredicted(op)) object["unpredicted"] = true;
  if (op.cached) object["cached"] = true;
  if (op.sqnr) object["sqnr_db"] = *op.sqnr;
  if (op.stage != Stage::kNone) object["stage"] = to_string(op.stage);
  if (op.first) object["first"] = to_object(*op.first);
  if (!op.message.empty()) object["message"] = op.message;
  if (op.failure.kind != FailureKind::kNone) object["failure"] = to_object(op.failure);
  if (op.own) object["own_mismatched"] = *op.own;
  if (op.explanation) object["explanation"] = to_object(*op.explanation);
  return object;
}

Json to_object(const Answer& answer) {
  Json object = {{"output", answer.output},
                 {"samples", answer.samples},
                 {"top1_changed", answer.top1_changed}};
  if (answer.sqnr_db) object["sqnr_db"] = *answer.sqnr_db;
  return object;
}

Json to_object(const DutReport& dut) {
  return {{"key", dut.key},
          {"cached", dut.cached},
          {"seconds", dut.seconds},
          {"top", dut.top},
          {"rtl", dut.rtl_directory},
          {"rtl_hash", dut.rtl_hash},
          {"rows", dut.geometry.rows},
          {"cols", dut.geometry.cols},
          {"acc_depth", dut.geometry.acc_depth},
          {"scale_bits", dut.geometry.scale_bits},
          {"poison", dut.has_poison}};
}

Json to_object(const Tally& tally) { return {{"covered", tally.covered}, {"total", tally.total}}; }

Json to_object(const CoverageReport& coverage) {
  Json object = {{"lines", to_object(coverage.lines)}, {"toggles", to_object(coverage.toggles)}};
  if (!coverage.unread.empty()) object["unread"] = coverage.unread;
  return object;
}

}  // namespace

std::string to_json(const RunReport& report) {
  Json json = {{"format", "systole-verdict"},
               {"version", 1},
               {"verdict", to_string(report.totals.state)},
               {"compared", report.totals.compared},
               {"mismatched", report.totals.mismatched},
               {"cached", report.totals.cached},
               {"seconds", report.seconds.total},
               {"dut", to_object(report.dut)},
               {"ops", Json::array()}};
  for (const OpVerdict& op : report.ops) json["ops"].push_back(to_object(op, report.is_stalled));
  if (!report.failure.empty()) json["failure"] = report.failure;
  if (report.coverage) json["coverage"] = to_object(*report.coverage);
  json["network"] = {{"name", report.network}, {"hash", report.network_hash}};
  if (report.accuracy) {
    json["accuracy"] = {{"samples", report.accuracy->samples},
                        {"integer_correct", report.accuracy->integer_correct}};
    if (report.accuracy->float_correct)
      json["accuracy"]["float_correct"] = *report.accuracy->float_correct;
  }
  for (const Answer& answer : report.answers) json["answers"].push_back(to_object(answer));
  json["inputs"] = {{"source", report.inputs}, {"sha256", to_object(report.input_hashes)}};
  json["config_file"] = report.config_file;
  json["op_pattern"] = report.op_pattern;
  json["config"] = to_object(report.config);
  json["tools"] = to_object(report.tools);
  json["seconds_by_part"] = {
      {"network", report.seconds.network}, {"golden", report.seconds.golden},
      {"build", report.seconds.build},     {"simulate", report.seconds.simulate},
      {"compare", report.seconds.compare}, {"explain", report.seconds.explain},
      {"write", report.seconds.write}};
  json["workers"] = {{"count", report.workers.count},
                     {"cpu_seconds", report.workers.cpu_seconds},
                     {"peak_bytes", report.workers.peak_bytes},
                     {"own_bytes", report.workers.own_bytes}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace systole
