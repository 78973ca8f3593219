// history.cpp: history.json.
#include "flows/regress/history.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/config/error.h"
#include "model/tensor/atomic_file.h"
#include "model/tensor/mapped_file.h"

namespace systole::regress {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "systole-regression-history";

PastRun parse(const Json& json) {
  PastRun run{json.at("started"), json.at("verdict"), json.at("seconds"), {}};
  for (const auto& [name, one] : json.at("cases").items())
    run.cases[name] = {case_state(one.at("state").get<std::string>()), one.at("cycles")};
  return run;
}

}  // namespace

History read_history(const std::string& file) {
  History history;
  if (!std::filesystem::exists(file)) return history;
  try {
    const Json json = Json::parse(MappedFile(file).bytes());
    if (json.at("format") != kFormat || json.at("version") != 1)
      throw std::runtime_error(std::string("its format is not ") + kFormat + ", version 1");
    for (const Json& run : json.at("runs")) history.push_back(parse(run));
  } catch (const InputError&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError({.where = file,
                      .got = error.what(),
                      .expected = "the history of regressions in this folder",
                      .hint = "it is damaged: move it away, or give another -o"});
  }
  return history;
}

PastRun to_past_run(const Regression& regression, bool slower) {
  PastRun run{
      regression.started, std::string(summary_word(regression, slower)), regression.seconds, {}};
  for (const CaseResult& one : regression.cases) run.cases[one.title()] = {one.state, one.cycles()};
  return run;
}

void write_history(const std::string& file, const History& history) {
  Json json = {{"format", kFormat}, {"version", 1}, {"runs", Json::array()}};
  for (const PastRun& run : history) {
    Json cases = Json::object();
    for (const auto& [name, one] : run.cases)
      cases[name] = {{"state", to_string(one.state)}, {"cycles", one.cycles}};
    json["runs"].push_back({{"started", run.started},
                            {"verdict", run.verdict},
                            {"seconds", run.seconds},
                            {"cases", cases}});
  }
  write_file_atomically(file, json.dump(1) + "\n");
}

}  // namespace systole::regress
