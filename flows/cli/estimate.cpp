// estimate.cpp: predicts the units that a run would simulate.
#include "flows/cli/estimate.h"

#include <map>

#include "model/network/op_name.h"
#include "model/network/statistics.h"
#include "sim/schedule/tasks.h"

namespace systole {
namespace {

const IntNode& timed_node(const Job& job) { return job.product ? *job.product : *job.quant; }

void add_unit(OpEstimate& row, const Job& job, const Unit& unit, const Shapes& shapes,
              const Geometry& geometry) {
  const Layout layout = make_layout(job, shapes.at(input_of(job)), geometry, unit.region);
  const Schedule schedule = make_schedule(layout);
  row.tiles += schedule.passes.back().tile + 1;
  row.passes += static_cast<std::int64_t>(schedule.passes.size());
  row.cycles += predict(layout, schedule);
}

void add_fetches(OpEstimate& row, const Job& job, const Shape& x, const Geometry& geometry) {
  const Fetches fetches = count_fetches(make_layout(job, x, geometry, whole(job, x)));
  row.fetches.used = fetches.used;  // A product's jobs read one input.
  row.fetches.sent += fetches.sent;
}

}  // namespace

Estimate estimate(const IntNetwork& network, const Plan& plan, const std::vector<Job>& jobs,
                  const Geometry& geometry, std::int64_t batch) {
  const Shapes shapes = infer_shapes(network, batch);
  const auto macs = count_macs(network, shapes);
  Estimate result;
  result.geometry = geometry;
  result.batch = batch;
  result.host = plan.host;
  for (const HostOp& host : plan.host) result.host_macs += macs.at(host.node->name);

  std::map<const IntNode*, std::size_t> rows;
  for (const Job& job : jobs) {
    const IntNode& node = timed_node(job);
    const auto [found, is_new] = rows.try_emplace(&node, result.ops.size());
    if (is_new)
      result.ops.push_back({.name = node.name,
                            .op = std::string(op_name(node.op)),
                            .shape = shapes.at(node.name),
                            .macs = macs.at(node.name)});
    add_fetches(result.ops[found->second], job, shapes.at(input_of(job)), geometry);
  }
  for (const Task& task : make_tasks(jobs, shapes, geometry))
    for (const Unit& unit : task.units) {
      const Job& job = jobs[unit.job];
      add_unit(result.ops[rows.at(&timed_node(job))], job, unit, shapes, geometry);
    }
  for (const OpEstimate& row : result.ops) {
    result.total.macs += row.macs;
    result.total.tiles += row.tiles;
    result.total.passes += row.passes;
    result.total.cycles += row.cycles;
    result.total.fetches.used += row.fetches.used;
    result.total.fetches.sent += row.fetches.sent;
  }
  return result;
}

}  // namespace systole
