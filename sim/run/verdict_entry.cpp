// verdict_entry.cpp: checksum, CBOR, and the comparison made again where it gives a difference.
#include "sim/run/verdict_entry.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "model/tensor/compare.h"
#include "model/tensor/sha256.h"

namespace systole {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kChecksum = 64;
constexpr const char* kFormat = "systole-cached-verdict";

Json to_json(const IntTensor& tensor) {
  std::vector<std::uint8_t> bytes(tensor.data.size() * sizeof(std::int32_t));
  std::memcpy(bytes.data(), tensor.data.data(), bytes.size());
  return {{"shape", tensor.shape}, {"data", Json::binary(std::move(bytes))}};
}

IntTensor tensor_of(const Json& json, const Shape& shape) {
  const std::vector<std::uint8_t>& bytes = json.at("data").get_binary();
  IntTensor tensor(shape);
  if (json.at("shape").get<Shape>() != shape ||
      bytes.size() != tensor.data.size() * sizeof(std::int32_t))
    throw std::runtime_error("a tensor of another shape");
  std::memcpy(tensor.data.data(), bytes.data(), bytes.size());
  return tensor;
}

Json to_json(const EarlierOp& op) {
  const OpVerdict& row = op.row;
  Json json = {{"name", row.name},
               {"matches", row.state == OpState::kMatch},
               {"cycles", row.cycles},
               {"predicted", row.predicted},
               {"utilisation", row.utilisation},
               {"compared", row.compared},
               {"mismatched", row.mismatched},
               {"stage", static_cast<int>(row.stage)}};
  if (row.first) {
    const Difference& first = *row.first;
    json["first"] = {{"index", first.index},   {"expected", first.expected},
                     {"got", first.got},       {"tile", first.place.tile},
                     {"row", first.place.row}, {"column", first.place.column}};
  }
  if (op.tensor) json["tensor"] = to_json(*op.tensor);
  return json;
}

Difference difference_of(const Json& json) {
  return {json.at("index").get<Shape>(),
          json.at("expected").get<std::int32_t>(),
          json.at("got").get<std::int32_t>(),
          {json.at("tile"), json.at("row"), json.at("column")}};
}

/// The row's counts and first difference are those that its tensor gives. An element too much in
/// the design's output is in `mismatched` alone.
void check(const EarlierOp& op, const IntTensor& golden) {
  const OpVerdict& row = op.row;
  const bool matches = row.state == OpState::kMatch;
  const Comparison found =
      op.tensor ? compare_tensors(golden, *op.tensor) : Comparison{.compared = golden.size()};
  bool is_consistent =
      matches == (row.mismatched == 0 && row.compared > 0) && matches == !op.tensor &&
      row.compared == golden.size() && row.mismatched >= found.mismatched &&
      row.first.has_value() == (found.mismatched > 0) && (!matches || row.stage == Stage::kNone);
  if (is_consistent && row.first)
    is_consistent = row.first->index == unravel(found.first, golden.shape) &&
                    row.first->expected == found.expected && row.first->got == found.got;
  if (!is_consistent) throw std::runtime_error("counts that its tensors do not give");
}

EarlierOp op_of(const Json& json, const IntTensor& golden) {
  EarlierOp op;
  OpVerdict& row = op.row;
  json.at("name").get_to(row.name);
  row.state = json.at("matches").get<bool>() ? OpState::kMatch : OpState::kMismatch;
  json.at("cycles").get_to(row.cycles);
  json.at("predicted").get_to(row.predicted);
  json.at("utilisation").get_to(row.utilisation);
  json.at("compared").get_to(row.compared);
  json.at("mismatched").get_to(row.mismatched);
  const int stage = json.at("stage").get<int>();
  if (stage < 0 || stage > static_cast<int>(Stage::kMulQuant)) throw std::runtime_error("no stage");
  row.stage = static_cast<Stage>(stage);
  if (json.contains("first")) row.first = difference_of(json["first"]);
  if (json.contains("tensor")) op.tensor = tensor_of(json["tensor"], golden.shape);
  check(op, golden);
  return op;
}

}  // namespace

std::string encode_verdict_entry(const VerdictGroup& group, const std::vector<EarlierOp>& ops) {
  Json json = {{"format", kFormat}, {"key", group.key}, {"ops", Json::array()}};
  for (const EarlierOp& op : ops) json["ops"].push_back(to_json(op));
  std::string body;
  Json::to_cbor(json, body);
  return sha256(body) + body;
}

std::vector<EarlierOp> decode_verdict_entry(std::string_view bytes, const VerdictGroup& group,
                                            const Trace& golden) {
  const std::string_view body = bytes.substr(std::min(kChecksum, bytes.size()));
  if (bytes.substr(0, kChecksum) != sha256(body))
    throw std::runtime_error("bytes that do not have their checksum");
  const Json json = Json::from_cbor(body);
  if (json.at("format") != kFormat || json.at("key") != group.key)
    throw std::runtime_error("the verdict of something else");
  const Json& rows = json.at("ops");
  if (rows.size() != group.ops.size()) throw std::runtime_error("another number of ops");
  std::vector<EarlierOp> ops;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string& name = group.ops[i]->name;
    ops.push_back(op_of(rows[i], integers(golden.tensors.at(name))));
    if (ops.back().row.name != name) throw std::runtime_error("the verdict of another op");
  }
  return ops;
}

}  // namespace systole
