// bench_baseline.cpp: which figures are compared, and which way is better.
#include "flows/cli/bench_baseline.h"

#include <fmt/format.h>

#include <fstream>

#include "model/config/error.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

struct Figure {
  const char* key;
  const char* title;
  bool more_is_better;
};

constexpr Figure kArrayFigures[] = {{"bare_macs_per_second", "bare MAC/s", true},
                                    {"bench_macs_per_second", "bench MAC/s", true},
                                    {"build_seconds", "build seconds", false},
                                    {"peak_bytes", "peak bytes", false}};
constexpr Figure kNetworkFigures[] = {{"macs_per_second", "MAC/s", true},
                                      {"cycles", "cycles", false},
                                      {"peak_bytes", "peak bytes", false}};

std::string array_name(const Json& array) {
  return fmt::format("{}x{}", array.at("rows").get<int>(), array.at("cols").get<int>());
}

std::string network_name(const Json& network) { return network.at("name").get<std::string>(); }

template <class Name, class Figures>
void compare_section(const Json& now, const Json& baseline, Name name, const Figures& figures,
                     std::vector<FigureComparison>& all) {
  for (const Json& mine : now)
    for (const Json& theirs : baseline) {
      if (name(mine) != name(theirs)) continue;
      for (const Figure& figure : figures) {
        if (!mine.contains(figure.key) || !theirs.contains(figure.key)) continue;  // Skipped.
        const double was = theirs.at(figure.key).template get<double>();
        const double is = mine.at(figure.key).template get<double>();
        if (was <= 0.0 || is <= 0.0) continue;
        all.push_back({name(mine) + " " + figure.title, was, is,
                       figure.more_is_better ? is / was : was / is});
      }
    }
}

std::vector<std::string> differing_conditions(const Json& now, const Json& baseline) {
  std::vector<std::string> notes;
  for (const auto& [name, value] : now.items()) {
    const std::string is = value.get<std::string>();
    const std::string was = baseline.value(name, "unknown");
    if (is != was) notes.push_back(fmt::format("{}: {}, was {}", name, is, was));
  }
  return notes;
}

InputError refusal(const std::string& file, const std::string& got) {
  return InputError({.where = file,
                     .key = "--baseline",
                     .got = got,
                     .expected = "what `systole bench --json` printed",
                     .hint = "systole bench --json > FILE makes one"});
}

}  // namespace

Baseline read_baseline(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw refusal(file, "no file that can be read");
  const Json json = Json::parse(in, nullptr, false);
  if (json.is_discarded()) throw refusal(file, "no JSON");
  if (!json.is_object() || !json.contains("format") || json["format"] != kBenchFormat)
    throw refusal(file, "other JSON");
  if (!json.contains("version") || json["version"] != kBenchVersion)
    throw refusal(file, "another version");
  return {file, json};
}

BaselineReport compare_with(const Baseline& baseline, const Json& now) {
  BaselineReport report;
  try {
    compare_section(now.at("arrays"), baseline.json.at("arrays"), array_name, kArrayFigures,
                    report.figures);
    compare_section(now.at("networks"), baseline.json.at("networks"), network_name, kNetworkFigures,
                    report.figures);
    report.notes = differing_conditions(now.at("conditions"), baseline.json.at("conditions"));
  } catch (const Json::exception& error) {
    throw refusal(baseline.file, std::string("damaged JSON: ") + error.what());
  }
  if (report.figures.empty()) throw refusal(baseline.file, "no figure that was measured now");
  return report;
}

std::vector<FigureComparison> worse(const std::vector<FigureComparison>& figures,
                                    double tolerance) {
  std::vector<FigureComparison> found;
  for (const FigureComparison& figure : figures)
    if (figure.ratio < 1.0 - tolerance) found.push_back(figure);
  return found;
}

}  // namespace systole
