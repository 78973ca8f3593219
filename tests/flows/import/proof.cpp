// proof.cpp: networks and recorded tensors of the data folder, imported and checked.
#include "tests/flows/import/proof.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/process.h"

namespace systole::test {

namespace fs = std::filesystem;

std::optional<fs::path> data_folder() {
  const char* folder = std::getenv("SYSTOLE_DATA");
  if (!folder || !fs::is_directory(fs::path(folder) / "litert_goldens")) return std::nullopt;
  return fs::canonical(folder);
}

std::string import_bundle(const Source& source, const fs::path& bundle) {
  std::vector<std::string> words = {"import"};
  words.insert(words.end(), source.words.begin(), source.words.end());
  words.insert(words.end(), {"-o", bundle.string()});
  const Finished finished = run_systole(words);
  return finished.exit_code == 0 ? "" : finished.err;
}

nlohmann::json check_goldens(const Source& source, const fs::path& bundle,
                             const std::vector<fs::path>& goldens, const fs::path& expected) {
  const std::string trace = bundle.string() + ".trace";
  std::vector<std::string> words = {"import"};
  words.insert(words.end(), source.words.begin(), source.words.end());
  words.insert(words.end(), {"-o", trace, "--goldens"});
  for (const fs::path& golden : goldens) words.push_back(golden.string());
  const Finished imported = run_systole(words);
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  words = {"check-import", bundle.string(), trace, "--json"};
  if (!expected.empty()) words.insert(words.end(), {"--expect", expected.string()});
  const Finished checked = run_systole(words);
  nlohmann::json json = nlohmann::json::parse(checked.out, nullptr, false);
  EXPECT_TRUE(json.is_object()) << checked.err;
  if (!json.is_object()) json = nlohmann::json::object({{"ops", nlohmann::json::array()}});
  json["exit"] = checked.exit_code;
  return json;
}

Counts count(const nlohmann::json& check, const std::vector<std::string>& kinds) {
  Counts sum;
  for (const auto& op : check.at("ops")) {
    const auto kind = op.at("op").get<std::string>();
    if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) continue;
    sum = sum + Counts{op["recorded"]["compared"], op["recorded"]["mismatched"],
                       op["chained"]["mismatched"]};
  }
  return sum;
}

Counts operator+(const Counts& a, const Counts& b) {
  return {a.compared + b.compared, a.recorded + b.recorded, a.chained + b.chained};
}

}  // namespace systole::test
