// bench_model_text.cpp: the model's figures as tables.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "flows/cli/bench_model.h"
#include "sim/report/table.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

/// Microseconds and GMAC/s of `macs` in the seconds of `key`, and the ratio; dashes without.
std::vector<std::string> cells(std::string name, std::string count, const Json& json) {
  const double macs = json.at("macs").get<double>();
  const double mine = json.at("seconds").get<double>();
  std::vector<std::string> all = {
      std::move(name), std::move(count), fmt::format("{:.2f}", 1e-6 * macs),
      fmt::format("{:.1f}", 1e6 * mine), fmt::format("{:.1f}", 1e-9 * macs / mine)};
  if (!json.contains("onednn_seconds")) {
    all.insert(all.end(), {"-", "-", "-"});
    return all;
  }
  const double theirs = json.at("onednn_seconds").get<double>();
  all.insert(all.end(),
             {fmt::format("{:.1f}", 1e6 * theirs), fmt::format("{:.1f}", 1e-9 * macs / theirs),
              fmt::format("{:.2f}", mine / theirs)});
  return all;
}

std::string network_text(const Json& network) {
  Table table({{network.at("name").get<std::string>()},
               {"layers", true},
               {"MMAC", true},
               {"ours us", true},
               {"GMAC/s", true},
               {"oneDNN us", true},
               {"GMAC/s", true},
               {"ratio", true}});
  for (const Json& layer : network.at("layers"))
    table.add(cells(layer.at("layer").get<std::string>(),
                    std::to_string(layer.at("count").get<int>()), layer));
  table.add(cells("all", "", network));
  return table.text();
}

}  // namespace

std::string model_to_text(const Json& figures) {
  std::string text;
  for (const Json& network : figures.at("networks")) text += network_text(network) + "\n";
  for (const auto& [name, value] : figures.at("conditions").items())
    text += fmt::format("{}: {}\n", name, value.get<std::string>());
  return text;
}

}  // namespace systole
