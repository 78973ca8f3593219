// case_store.cpp: case.json, whose digest of verdict.json ties the two together.
#include "flows/regress/case_store.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "flows/regress/read_case.h"
#include "model/config/error.h"
#include "model/tensor/atomic_file.h"
#include "model/tensor/mapped_file.h"
#include "model/tensor/sha256.h"

namespace systole::regress {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "systole-case";
constexpr const char* kLog = "attempt-1.log";
constexpr const char* kNoVerdict = "none";

std::string digest_of_verdict(const std::string& folder) {
  const std::string file = folder + "/verdict.json";
  return fs::exists(file) ? sha256_of_file(file) : kNoVerdict;
}

CaseResult parse(const Json& json, const CaseResult& plan) {
  CaseResult result = plan;
  result.state = case_state(json.at("state").get<std::string>());
  json.at("message").get_to(result.message);
  for (const Json& one : json.at("attempts"))
    result.attempts.push_back(
        {case_state(one.at("state").get<std::string>()), one.at("status"), one.at("seconds")});
  result.taken_over = true;
  return result;
}

}  // namespace

void clear_case(const std::string& folder) {
  const bool is_case = fs::exists(folder + "/" + kLog) || fs::exists(folder + "/case.json");
  if (fs::exists(folder) && !fs::is_empty(folder) && !is_case)
    throw InputError({.where = folder,
                      .got = "files that no regression has written",
                      .expected = "a folder for a case",
                      .hint = "give another -o, or move them away"});
  fs::create_directories(folder);
  // The log last: without it a folder that is half removed would not be known as a case's.
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.path().filename() != kLog) fs::remove_all(entry.path());
  fs::remove(folder + "/" + kLog);
}

void keep_case(const std::string& folder, const std::string& identity, const CaseResult& result) {
  Json json = {{"format", kFormat},
               {"version", 1},
               {"identity", identity},
               {"verdict_sha256", digest_of_verdict(folder)},
               {"state", to_string(result.state)},
               {"message", result.message},
               {"attempts", Json::array()}};
  for (const Attempt& one : result.attempts)
    json["attempts"].push_back(
        {{"state", to_string(one.state)}, {"status", one.status}, {"seconds", one.seconds}});
  // A message may hold any bytes that a program printed.
  write_file_atomically(folder + "/case.json",
                        json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::optional<CaseResult> kept_case(const std::string& folder, const std::string& identity,
                                    const std::string& dut_key, const CaseResult& plan) {
  if (!fs::exists(folder + "/case.json") || !fs::exists(folder + "/verdict.json"))
    return std::nullopt;
  try {
    const Json json = Json::parse(MappedFile(folder + "/case.json").bytes());
    if (json.at("format") != kFormat || json.at("version") != 1 ||
        json.at("identity") != identity || json.at("verdict_sha256") != digest_of_verdict(folder))
      return std::nullopt;
    CaseResult result = parse(json, plan);
    result.verdict = read_case(folder + "/verdict.json").verdict;
    if (result.verdict.dut_key.empty() || result.verdict.dut_key != dut_key) return std::nullopt;
    if (result.state == CaseState::kTimeout || result.state == CaseState::kNotRun)
      return std::nullopt;
    return result;
  } catch (const std::exception&) {
    return std::nullopt;  // Damaged: the case runs again.
  }
}

}  // namespace systole::regress
