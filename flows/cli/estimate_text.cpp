// estimate_text.cpp: an estimate as a table and as JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "flows/cli/estimate.h"
#include "sim/report/table.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

double share_of_use(const OpEstimate& row, const Geometry& geometry) {
  const double all = static_cast<double>(row.cycles.total) * geometry.rows * geometry.cols;
  return row.cycles.total ? static_cast<double>(row.cycles.useful) / all : 0.0;
}

std::vector<std::string> cells(const OpEstimate& row, const Geometry& geometry) {
  std::vector<std::string> cells = {row.name,
                                    row.op,
                                    fmt::format("{}", fmt::join(row.shape, "x")),
                                    fmt::format("{}/{}", row.tiles, row.passes),
                                    with_commas(row.cycles.total),
                                    fmt::format("{:.0f} %", 100.0 * share_of_use(row, geometry))};
  for (const std::int64_t cycles : row.cycles.by_cause(geometry))
    cells.push_back(cycles ? with_commas(cycles) : "");
  cells.push_back(fmt::format("{:.1f}", row.fetches.again()));
  return cells;
}

Json to_object(const OpEstimate& row, const Geometry& geometry) {
  const Cycles& cycles = row.cycles;
  return {{"macs", row.macs},
          {"tiles", row.tiles},
          {"passes", row.passes},
          {"cycles", cycles.total},
          {"utilisation", share_of_use(row, geometry)},
          {"pe_cycles",
           {{"useful", cycles.useful},
            {"ragged", cycles.ragged},
            {"block_diagonal", cycles.block_diagonal},
            {"weight_load", cycles.weight_load},
            {"parameter_load", cycles.parameter_load},
            {"fill_drain", cycles.fill_drain}}},
          {"activations", {{"used", row.fetches.used}, {"sent", row.fetches.sent}}}};
}

}  // namespace

std::string to_text(const Estimate& estimate) {
  Table table({{"op"},
               {"kind"},
               {"shape"},
               {"tiles/passes", true},
               {"cycles", true},
               {"use", true},
               {"useful", true},
               {"ragged", true},
               {"zeros", true},
               {"weights", true},
               {"params", true},
               {"fill/drain", true},
               {"re-fetches", true}});
  for (const OpEstimate& row : estimate.ops) table.add(cells(row, estimate.geometry));
  OpEstimate total = estimate.total;
  total.name = "total";
  table.add(cells(total, estimate.geometry));

  const std::int64_t macs = estimate.total.macs + estimate.host_macs;
  std::string text = fmt::format(
      "batch of {} on a {}x{} array\n\n{}\n"
      "useful to fill/drain add up to the cycles; a stream uses lanes instead of PEs\n",
      estimate.batch, estimate.geometry.rows, estimate.geometry.cols, table.text());
  if (macs)
    text +=
        fmt::format("{:.2f} % of {} MACs run on the design\n",
                    100.0 * static_cast<double>(estimate.total.macs) / static_cast<double>(macs),
                    with_commas(macs));
  for (const HostOp& host : estimate.host)
    text += fmt::format("on the host: {} ({})\n", host.node->name, host.reason);
  if (estimate.stall_rate > 0)
    text += fmt::format("stalls come on top: what bench.stall_rate {} adds is not predicted\n",
                        estimate.stall_rate);
  return text;
}

std::string to_json(const Estimate& estimate) {
  const Geometry& geometry = estimate.geometry;
  Json json = {{"format", "systole-estimate"}, {"version", 1},
               {"batch", estimate.batch},      {"stall_rate", estimate.stall_rate},
               {"rows", geometry.rows},        {"cols", geometry.cols},
               {"ops", Json::array()},         {"host", Json::array()}};
  for (const OpEstimate& row : estimate.ops) {
    Json object = {{"name", row.name}, {"op", row.op}, {"shape", row.shape}};
    object.update(to_object(row, geometry));
    json["ops"].push_back(std::move(object));
  }
  json["total"] = to_object(estimate.total, geometry);
  for (const HostOp& host : estimate.host)
    json["host"].push_back({{"name", host.node->name}, {"reason", host.reason}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace systole
