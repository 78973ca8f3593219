// read_verdict.cpp: the inverse of json.cpp.
#include "sim/report/read_verdict.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/config/error.h"
#include "model/tensor/mapped_file.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs_of(const Json& object) {
  Pairs pairs;
  for (const auto& [key, value] : object.items()) pairs.emplace_back(key, value.get<std::string>());
  return pairs;
}

/// The value of an enumeration that `to_string` calls `name`.
template <class Enum>
Enum parse(const std::string& name, std::initializer_list<Enum> values) {
  for (const Enum value : values)
    if (to_string(value) == name) return value;
  throw std::runtime_error("'" + name + "' is no state or stage of an op");
}

Difference difference_of(const Json& json) {
  Difference difference;
  json.at("index").get_to(difference.index);
  json.at("expected").get_to(difference.expected);
  json.at("got").get_to(difference.got);
  json.at("tile").get_to(difference.place.tile);
  json.at("row").get_to(difference.place.row);
  json.at("column").get_to(difference.place.column);
  return difference;
}

Failure failure_of(const Json& json) {
  Failure failure;
  failure.kind = parse(
      json.at("kind").get<std::string>(),
      {FailureKind::kHang, FailureKind::kAssertion, FailureKind::kCrash, FailureKind::kOther});
  json.at("cycle").get_to(failure.cycle);
  failure.file = json.value("file", "");
  failure.line = json.value("line", 0);
  failure.channel = json.value("channel", "");
  return failure;
}

Explanation explanation_of(const Json& json) {
  Explanation explanation;
  json.at("evidence").get_to(explanation.evidence);
  explanation.pattern = json.value("pattern", "");
  explanation.stage = json.value("stage", "");
  explanation.kind = json.value("kind", "");
  explanation.follows = json.value("follows", false);
  if (json.contains("pe_row")) explanation.pe_row = json["pe_row"];
  if (json.contains("pe_column")) explanation.pe_column = json["pe_column"];
  if (json.contains("first_cycle")) explanation.first_cycle = json["first_cycle"];
  json.at("output").at("rows").get_to(explanation.output.rows);
  json.at("output").at("columns").get_to(explanation.output.columns);
  json.at("output").at("counts").get_to(explanation.output.counts);
  json.at("array_columns").get_to(explanation.array_columns);
  explanation.wave = json.value("wave", "");
  explanation.view = json.value("view", "");
  explanation.reproducer = json.value("reproducer", "");
  return explanation;
}

OpVerdict op_of(const Json& json) {
  OpVerdict op;
  json.at("name").get_to(op.name);
  json.at("op").get_to(op.op);
  op.engine = parse(json.at("engine").get<std::string>(), {Engine::kRtl, Engine::kHost});
  json.at("shape").get_to(op.shape);
  json.at("macs").get_to(op.macs);
  op.state = parse(
      json.at("state").get<std::string>(),
      {OpState::kMatch, OpState::kMismatch, OpState::kFailed, OpState::kHost, OpState::kSkipped});
  json.at("cycles").get_to(op.cycles);
  json.at("predicted_cycles").get_to(op.predicted);
  json.at("utilisation").get_to(op.utilisation);
  json.at("compared").get_to(op.compared);
  json.at("mismatched").get_to(op.mismatched);
  op.cached = json.value("cached", false);
  if (json.contains("first")) op.first = difference_of(json["first"]);
  if (json.contains("stage"))
    op.stage = parse(json["stage"].get<std::string>(), {Stage::kAccumulator, Stage::kMulQuant});
  if (json.contains("sqnr_db")) op.sqnr = json["sqnr_db"].get<double>();
  op.message = json.value("message", "");
  if (json.contains("failure")) op.failure = failure_of(json["failure"]);
  if (json.contains("explanation")) op.explanation = explanation_of(json["explanation"]);
  return op;
}

EarlierVerdict verdict_of(const Json& json) {
  if (json.at("format") != "systole-verdict" || json.at("version") != 1)
    throw std::runtime_error("its format is not systole-verdict, version 1");
  EarlierVerdict verdict;
  verdict.config = pairs_of(json.at("config"));
  json.at("op_pattern").get_to(verdict.op_pattern);
  json.at("network").at("hash").get_to(verdict.network_hash);
  verdict.input_hashes = pairs_of(json.at("inputs").at("sha256"));
  json.at("dut").at("key").get_to(verdict.dut_key);
  if (json.at("tools").contains("systole")) json["tools"]["systole"].get_to(verdict.version);
  for (const Json& op : json.at("ops")) verdict.ops.push_back(op_of(op));
  return verdict;
}

}  // namespace

EarlierVerdict read_verdict(const std::string& file) {
  if (!std::filesystem::exists(file))
    throw InputError({.where = file,
                      .got = "no such file",
                      .expected = "the verdict of an earlier run",
                      .hint = "there is nothing to resume: run without --resume"});
  try {
    EarlierVerdict verdict = verdict_of(Json::parse(MappedFile(file).bytes()));
    verdict.file = file;
    return verdict;
  } catch (const InputError&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError({.where = file,
                      .got = error.what(),
                      .expected = "the verdict of an earlier run",
                      .hint = "it is damaged: run without --resume"});
  }
}

}  // namespace systole
