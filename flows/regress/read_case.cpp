// read_case.cpp: the rows by the reader that --resume uses, the rest by key.
#include "flows/regress/read_case.h"

#include <nlohmann/json.hpp>

#include "model/config/error.h"
#include "model/tensor/mapped_file.h"
#include "sim/report/read_verdict.h"

namespace systole::regress {
namespace {

using Json = nlohmann::json;

std::string reason_of(const Json& json, const std::vector<OpVerdict>& ops) {
  if (json.contains("failure")) return json["failure"];
  for (const OpVerdict& op : ops)
    if (op.state == OpState::kFailed) return op.name + ": " + op.message;
  return "";
}

ReadCase parse(const Json& json, std::vector<OpVerdict> ops) {
  ReadCase read;
  json.at("verdict").get_to(read.state);
  RunVerdict& verdict = read.verdict;
  json.at("compared").get_to(verdict.compared);
  json.at("mismatched").get_to(verdict.mismatched);
  json.at("network").at("name").get_to(verdict.network);
  const Json& dut = json.at("dut");
  dut.at("key").get_to(verdict.dut_key);
  dut.at("rtl").get_to(verdict.rtl);
  dut.at("rtl_hash").get_to(verdict.rtl_hash);
  dut.at("top").get_to(verdict.top);
  dut.at("rows").get_to(verdict.rows);
  dut.at("cols").get_to(verdict.columns);
  read.reason = reason_of(json, ops);
  verdict.ops = std::move(ops);
  return read;
}

}  // namespace

ReadCase read_case(const std::string& file) {
  EarlierVerdict rows = read_verdict(file);
  try {
    return parse(Json::parse(MappedFile(file).bytes()), std::move(rows.ops));
  } catch (const std::exception& error) {
    throw InputError({.where = file,
                      .got = error.what(),
                      .expected = "the verdict of a run",
                      .hint = "it is damaged: run the case again"});
  }
}

}  // namespace systole::regress
