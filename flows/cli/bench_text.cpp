// bench_text.cpp: JSON to columns.
#include "flows/cli/bench_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/report/table.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

/// A number of `json`, divided by `unit`.
std::string number(const Json& json, const char* key, double unit, int digits) {
  return fmt::format("{:.{}f}", json.at(key).get<double>() / unit, digits);
}

std::string size(const Json& json) {
  return fmt::format("{}x{}", json.at("rows").get<int>(), json.at("cols").get<int>());
}

std::string arrays(const Json& all) {
  Table table({{"array"},
               {"bare kcycles/s", true},
               {"bare GMAC/s", true},
               {"bench kcycles/s", true},
               {"bench GMAC/s", true},
               {"bench/bare", true},
               {"idle kcycles/s", true},
               {"build s", true},
               {"peak MB", true}});
  for (const Json& a : all) {
    const double ratio = a.at("bench_cycles_per_second").get<double>() /
                         a.at("bare_cycles_per_second").get<double>();
    table.add({size(a), number(a, "bare_cycles_per_second", 1e3, 0),
               number(a, "bare_macs_per_second", 1e9, 2),
               number(a, "bench_cycles_per_second", 1e3, 0),
               number(a, "bench_macs_per_second", 1e9, 2), fmt::format("{:.2f}", ratio),
               number(a, "idle_cycles_per_second", 1e3, 0), number(a, "build_seconds", 1, 1),
               number(a, "peak_bytes", 1e6, 0)});
  }
  return table.text();
}

std::string networks(const Json& all) {
  Table table({{"network"},
               {"array"},
               {"MACs", true},
               {"cycles", true},
               {"kcycles/s", true},
               {"load s", true},
               {"golden s", true},
               {"simulate s", true},
               {"total s", true},
               {"CPU s", true},
               {"MMAC/s", true},
               {"peak MB", true}});
  std::string skipped;
  for (const Json& n : all) {
    if (n.contains("skipped")) {
      skipped += fmt::format("{}: skipped, {}\n", n.at("name").get<std::string>(),
                             n.at("skipped").get<std::string>());
      continue;
    }
    const Json& parts = n.at("seconds_by_part");
    table.add({n.at("name").get<std::string>(), size(n),
               with_commas(n.at("macs").get<std::int64_t>()),
               with_commas(n.at("cycles").get<std::int64_t>()),
               number(n, "cycles_per_second", 1e3, 0), number(parts, "network", 1, 2),
               number(parts, "golden", 1, 2), number(parts, "simulate", 1, 2),
               number(n, "seconds", 1, 2), number(n, "cpu_seconds", 1, 2),
               number(n, "macs_per_second", 1e6, 0), number(n, "peak_bytes", 1e6, 0)});
  }
  return table.text() + skipped;
}

}  // namespace

std::string to_text(const Json& figures) {
  std::string text;
  if (!figures.at("arrays").empty()) text += arrays(figures.at("arrays")) + "\n";
  if (!figures.at("networks").empty()) text += networks(figures.at("networks")) + "\n";
  for (const auto& [name, value] : figures.at("conditions").items())
    text += fmt::format("{}: {}\n", name, value.get<std::string>());
  return text;
}

std::string to_text(const BaselineReport& report, double tolerance) {
  Table table({{"figure"}, {"baseline", true}, {"now", true}, {"ratio", true}, {""}});
  for (const FigureComparison& figure : report.figures) {
    const bool is_worse = !worse({figure}, tolerance).empty();
    table.add({figure.figure, fmt::format("{:.4g}", figure.baseline),
               fmt::format("{:.4g}", figure.now), fmt::format("{:.2f}", figure.ratio),
               is_worse ? "worse" : ""});
  }
  std::string text = "\n" + table.text();
  for (const std::string& note : report.notes) text += "not the baseline's " + note + "\n";
  return text + fmt::format("{} of {} figures are worse than the baseline's by more than {:g} %\n",
                            worse(report.figures, tolerance).size(), report.figures.size(),
                            100.0 * tolerance);
}

}  // namespace systole
