// replay.cpp: golden inputs -> jobs -> verdict rows.
#include "sim/run/replay.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include "model/config/error.h"
#include "model/network/op_name.h"
#include "model/network/shapes.h"
#include "model/network/statistics.h"
#include "sim/check/check.h"

namespace systole {
namespace {

bool matches(const IntNode* node, const std::string& pattern) {
  return node && fnmatch(pattern.c_str(), node->name.c_str(), 0) == 0;
}

std::int64_t batch_of(const IntNetwork& network, const Trace& golden) {
  return shape_of(golden.tensors.at(network.inputs[0].name))[0];
}

/// A row for every op: host ops are final, the others are skipped until their job has run.
std::map<std::string, OpVerdict> blank_rows(const IntNetwork& network, const Trace& golden,
                                            const Plan& plan) {
  const auto macs = count_macs(network, infer_shapes(network, batch_of(network, golden)));
  std::map<std::string, OpVerdict> rows;
  for (const IntNode& node : network.nodes) {
    OpVerdict& row = rows[node.name];
    row.name = node.name;
    row.op = op_name(node.op);
    row.engine = Engine::kRtl;
    row.shape = shape_of(golden.tensors.at(node.name));
    row.macs = macs.at(node.name);
  }
  for (const HostOp& host : plan.host) {
    OpVerdict& row = rows[host.node->name];
    row.engine = Engine::kHost;
    row.state = OpState::kHost;
    row.message = host.reason;
  }
  return rows;
}

InputError nothing_selected(const std::string& pattern, const std::string& what,
                            const std::string& names) {
  return InputError(
      {{}, "--op", "'" + pattern + "'", "the name or pattern of " + what + ": " + names, ""});
}

/// One job with its operands, as it went.
struct Attempt {
  const Job& job;
  const Operands& operands;
  const Schedule& schedule;
  JobResult& result;
};

PlaceOf place_of(const Attempt& attempt) {
  return [&](std::int64_t flat) -> ElementPlace {
    const Place place = locate(flat, attempt.operands.layout, attempt.schedule);
    return {place.tile, place.row, place.column};
  };
}

void mark_failed(const JobResult& result, OpVerdict& row) {
  row.state = OpState::kFailed;
  row.message = (result.status == JobStatus::kHang ? "hang: " : "") + result.message;
}

/// The row of one tensor of the job; `row` keeps the counts of a failed job whose tensors are
/// whole.
void judge_tensor(const IntTensor& golden, IntTensor& got, const Attempt& attempt,
                  std::int64_t extra, OpVerdict& row) {
  got.shape = golden.shape;
  if (attempt.result.complete) check_tensor(golden, got, extra, place_of(attempt), row);
  if (attempt.result.status != JobStatus::kDone) mark_failed(attempt.result, row);
}

void judge(const Attempt& attempt, const Trace& golden, const Geometry& geometry,
           std::map<std::string, OpVerdict>& rows) {
  const auto& [job, operands, schedule, result] = attempt;
  const std::int64_t extra = static_cast<std::int64_t>(result.extra_beats) * geometry.cols;
  if (job.product) {
    OpVerdict& row = rows.at(job.product->name);
    // A product with several mul_quants runs several times: no later run may hide a bad one.
    if (row.state == OpState::kSkipped || row.state == OpState::kMatch)
      judge_tensor(integers(golden.tensors.at(row.name)), result.accumulators, attempt,
                   job.quant ? 0 : extra, row);
    if (row.state == OpState::kMismatch) row.stage = Stage::kAccumulator;
  }
  if (job.quant) {
    OpVerdict& row = rows.at(job.quant->name);
    const IntTensor& expected = integers(golden.tensors.at(row.name));
    judge_tensor(expected, result.output, attempt, extra, row);
    if (row.state == OpState::kMismatch)
      row.stage = find_stage(expected, result.output, job.product ? &result.accumulators : nullptr,
                             operands.residual, job.quant->op);
  }
  OpVerdict& timed = rows.at(job.product ? job.product->name : job.quant->name);
  timed.cycles += result.cycles;
  if (timed.cycles)
    timed.utilisation = static_cast<double>(timed.macs) /
                        (static_cast<double>(timed.cycles) * geometry.rows * geometry.cols);
}

/// False when it was interrupted: then nothing is judged.
bool run_job(const Job& job, const Trace& golden, const Geometry& geometry, Bench& bench,
             std::map<std::string, OpVerdict>& rows, Replay& replay) {
  const IntNode& first = job.product ? *job.product : *job.quant;
  const bool has_residual = job.quant && job.quant->inputs.size() > 1;
  const IntTensor* residual =
      has_residual ? &integers(golden.tensors.at(job.quant->inputs[1])) : nullptr;
  const Operands operands =
      make_operands(job, integers(golden.tensors.at(first.inputs[0])), residual, geometry);
  const Schedule schedule = make_schedule(operands.layout);
  JobResult result = bench.run(operands, schedule);
  if (result.status == JobStatus::kInterrupted) return false;
  judge({job, operands, schedule, result}, golden, geometry, rows);
  if (job.product) replay.tensors[job.product->name] = std::move(result.accumulators);
  if (job.quant) replay.tensors[job.quant->name] = std::move(result.output);
  return true;
}

}  // namespace

void check_pattern(const IntNetwork& network, const std::string& pattern) {
  std::string names;
  for (const IntNode& node : network.nodes) {
    if (pattern.empty() || matches(&node, pattern)) return;
    names += (names.empty() ? "" : ", ") + node.name;
  }
  throw nothing_selected(pattern, "an op", names);
}

std::vector<Job> select_jobs(const Plan& plan, const std::string& pattern) {
  if (pattern.empty()) return plan.jobs;
  std::vector<Job> selected;
  std::string names;
  for (const Job& job : plan.jobs) {
    if (matches(job.product, pattern) || matches(job.quant, pattern)) selected.push_back(job);
    names += (names.empty() ? "" : ", ") + job.last().name;
  }
  if (selected.empty()) throw nothing_selected(pattern, "an op that the RTL computes", names);
  return selected;
}

Replay replay(const IntNetwork& network, const Trace& golden, const Plan& plan,
              const std::vector<Job>& jobs, const Geometry& geometry, Bench& bench,
              const ReplayHooks& hooks) {
  Replay result;
  std::map<std::string, OpVerdict> rows = blank_rows(network, golden, plan);
  std::size_t done = 0;
  for (const Job& job : jobs) {
    result.interrupted = hooks.interrupted();
    if (result.interrupted) break;
    hooks.progress(done++, jobs.size(), job.last().name);
    result.interrupted = !run_job(job, golden, geometry, bench, rows, result);
    if (result.interrupted) break;
  }
  for (const IntNode& node : network.nodes) result.ops.push_back(std::move(rows.at(node.name)));
  return result;
}

}  // namespace systole
