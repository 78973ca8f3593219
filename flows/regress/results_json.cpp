// results_json.cpp: plain values to nlohmann::ordered_json.
#include "flows/regress/results_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace systole::regress {
namespace {

using Json = nlohmann::ordered_json;

Json to_object(const OpVerdict& op) {
  Json object = {{"name", op.name},
                 {"op", op.op},
                 {"engine", to_string(op.engine)},
                 {"state", to_string(op.state)},
                 {"cached", op.cached},
                 {"macs", op.macs},
                 {"cycles", op.cycles},
                 {"utilisation", op.utilisation},
                 {"compared", op.compared},
                 {"mismatched", op.mismatched}};
  if (op.explanation) {
    const Explanation& why = *op.explanation;
    if (!why.stage.empty()) object["stage"] = why.stage;
    if (!why.pattern.empty()) object["pattern"] = why.pattern;
    if (why.pe_row) object["pe_row"] = *why.pe_row;
    if (why.pe_column) object["pe_column"] = *why.pe_column;
  }
  if (op.failure.kind != FailureKind::kNone) object["failure"] = to_string(op.failure.kind);
  return object;
}

Json to_object(const CaseResult& one) {
  Json object = {{"name", one.name}};
  if (!one.side.empty()) object["side"] = one.side;
  object["state"] = to_string(one.state);
  if (!one.message.empty()) object["message"] = one.message;
  object["taken_over"] = one.taken_over;
  object["seconds"] = one.seconds();
  object["attempts"] = Json::array();
  for (const Attempt& attempt : one.attempts)
    object["attempts"].push_back({{"state", to_string(attempt.state)},
                                  {"status", attempt.status},
                                  {"seconds", attempt.seconds}});
  object["tags"] = one.tags;
  object["config"] = one.config;
  object["set"] = one.set;
  object["folder"] = one.folder;
  object["network"] = one.verdict.network;
  object["rows"] = one.verdict.rows;
  object["cols"] = one.verdict.columns;
  object["rtl"] = one.verdict.rtl;
  object["rtl_hash"] = one.verdict.rtl_hash;
  object["compared"] = one.verdict.compared;
  object["mismatched"] = one.verdict.mismatched;
  object["cached"] = one.cached();
  object["cycles"] = one.cycles();
  object["utilisation"] = one.utilisation();
  object["ops"] = Json::array();
  for (const OpVerdict& op : one.verdict.ops) object["ops"].push_back(to_object(op));
  return object;
}

Json to_object(const BaselineChanges& baseline) {
  Json object = {{"file", baseline.file},           {"threshold_percent", baseline.threshold},
                 {"fails", baseline.fails()},       {"slower", Json::array()},
                 {"changes", Json::array()},        {"worse", Json::array()},
                 {"new_cases", baseline.new_cases}, {"vanished_cases", baseline.vanished_cases},
                 {"new_ops", baseline.new_ops},     {"vanished_ops", baseline.vanished_ops}};
  const auto change = [](const CycleChange& one) -> Json {
    return {{"case", one.name},
            {"op", one.op},
            {"was", one.was},
            {"is", one.is},
            {"percent", one.percent()}};
  };
  for (const CycleChange& one : baseline.slower()) object["slower"].push_back(change(one));
  for (const CycleChange& one : baseline.changes) object["changes"].push_back(change(one));
  for (const StateChange& one : baseline.worse)
    object["worse"].push_back(
        {{"case", one.name}, {"was", to_string(one.was)}, {"is", to_string(one.is)}});
  return object;
}

Json to_object(const SideComparison& sides) {
  Json object = {{"case", sides.name},
                 {"differing", sides.differing()},
                 {"cycles_a", sides.cycles_a()},
                 {"cycles_b", sides.cycles_b()},
                 {"ops", Json::array()}};
  if (!sides.note.empty()) object["note"] = sides.note;
  for (const OpSides& op : sides.ops) {
    Json row = {{"name", op.name},         {"op", op.op},
                {"a", to_string(op.a)},    {"b", to_string(op.b)},
                {"cycles_a", op.cycles_a}, {"cycles_b", op.cycles_b}};
    if (op.differing) {
      row["elements"] = op.elements;
      row["differing"] = *op.differing;
    }
    object["ops"].push_back(row);
  }
  return object;
}

Json to_object(const Tally& tally) { return {{"covered", tally.covered}, {"total", tally.total}}; }

Json to_object(const TreeCoverage& tree) {
  Json object = {{"rtl", tree.rtl},
                 {"folder", tree.folder},
                 {"lines", to_object(tree.coverage.lines())},
                 {"toggles", to_object(tree.coverage.toggles())},
                 {"modules", Json::array()},
                 {"unread", tree.coverage.unread}};
  for (const ModuleCoverage& module : tree.coverage.modules)
    object["modules"].push_back({{"name", module.name},
                                 {"file", module.file},
                                 {"lines", to_object(module.line_tally())},
                                 {"toggles", to_object(module.toggle_tally())}});
  return object;
}

}  // namespace

bool RegressionReport::is_slower() const {
  if (baseline && baseline->fails()) return true;
  return std::any_of(sides.begin(), sides.end(), [&](const SideComparison& one) {
    return std::any_of(one.ops.begin(), one.ops.end(),
                       [&](const OpSides& op) { return op.percent() > threshold; });
  });
}

std::string to_json(const RegressionReport& report) {
  const Regression& all = report.regression;
  Json json = {{"format", kResultsFormat},
               {"version", kResultsVersion},
               {"verdict", summary_word(all, report.is_slower())},
               {"exit_code", exit_code(all, report.is_slower())},
               {"suite", all.suite},
               {"file", all.file},
               {"started", all.started},
               {"seconds", all.seconds},
               {"jobs", all.jobs},
               {"systole", all.version},
               {"rtl", all.rtl},
               {"counts", Json::object()},
               {"compared", all.compared()},
               {"cached", all.cached()},
               {"cases", Json::array()}};
  for (const CaseState state : kAllCaseStates)
    json["counts"][std::string(to_string(state))] = all.count(state);
  for (const CaseResult& one : all.cases) json["cases"].push_back(to_object(one));
  if (report.baseline) json["baseline"] = to_object(*report.baseline);
  if (!report.sides.empty()) {
    json["comparison"] = Json::array();
    for (const SideComparison& sides : report.sides) json["comparison"].push_back(to_object(sides));
  }
  for (const TreeCoverage& tree : report.coverage) json["coverage"].push_back(to_object(tree));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace systole::regress
