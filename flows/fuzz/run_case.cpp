// run_case.cpp: reference, beats, design, comparison.
#include "flows/fuzz/run_case.h"

#include <fmt/format.h>

#include "golden/trace.h"
#include "model/network/execute.h"
#include "sim/dut/error.h"
#include "sim/run/judge.h"
#include "sim/schedule/job.h"

namespace systole {
namespace {

/// The reference's tensors; without their hashes, which nobody asks for.
Trace golden_of(const FuzzNetwork& made) {
  Trace golden;
  for (const auto& [name, tensor] : made.inputs) golden.tensors[name] = tensor;
  run_integer(made.network, golden.tensors, [&](const IntNode& node, const AnyTensor& output) {
    golden.tensors[node.name] = output;
  });
  return golden;
}

std::size_t size_of(const IntNode* node, const Trace& golden) {
  return node ? integers(golden.tensors.at(node->name)).data.size() : 0;
}

JobVerdict run_job(const Job& job, std::uint32_t number, const Trace& golden, Bench& bench) {
  const auto tensor = [&](const std::string& name) -> const IntTensor& {
    return integers(golden.tensors.at(name));
  };
  const Operands operands = make_operands(job, inputs_of(job, tensor), bench.geometry());
  const Schedule schedule = make_schedule(operands.layout);
  std::vector<std::int32_t> accumulators(size_of(job.product, golden));
  std::vector<std::int32_t> output(size_of(job.quant, golden));
  const JobTensors tensors = {output, accumulators};
  JobEnd end;
  try {
    end = bench.run(operands, schedule, number, tensors);
  } catch (const SimulationError& error) {  // No fresh design.
    end.status = JobStatus::kFailed;
    end.message = error.what();
  }
  JobVerdict verdict =
      judge(job, end, tensors, golden, bench.geometry(), [&](std::int64_t flat) -> ElementPlace {
        const Place place = locate(flat, operands.layout, schedule);
        return {place.tile, place.row, place.column};
      });
  verdict.cycles = end.cycles;
  return verdict;
}

void note(const std::string& name, const std::optional<OpVerdict>& op, CaseVerdict& verdict) {
  if (!op) return;
  ++verdict.counts.ops;
  verdict.counts.compared += op->compared;
  if (op->state == OpState::kMatch || verdict.state != OpState::kMatch) return;
  OpVerdict named = *op;
  named.name = name;
  verdict.state = op->state;
  verdict.message = in_short(named);
}

}  // namespace

FuzzCounts& FuzzCounts::operator+=(const FuzzCounts& other) {
  cases += other.cases;
  ops += other.ops;
  host_ops += other.host_ops;
  compared += other.compared;
  cycles += other.cycles;
  return *this;
}

std::string in_short(const OpVerdict& op) {
  if (op.state == OpState::kFailed) return fmt::format("{} failed: {}", op.name, op.message);
  std::string text = fmt::format("{}: {} elements differ", op.name, op.mismatched);
  if (op.first)
    text += fmt::format("; first at {}: expected {}, got {}, stage {}", to_string(op.first->index),
                        op.first->expected, op.first->got, to_string(op.stage));
  return text;
}

CaseVerdict run_case(const FuzzCase& fuzz_case, Bench& bench) {
  const FuzzNetwork made = network_of(fuzz_case.ops);
  const Trace golden = golden_of(made);
  const Plan plan = plan_jobs(made.network, bench.geometry());
  CaseVerdict verdict;
  verdict.counts.cases = 1;
  verdict.counts.host_ops = static_cast<std::int64_t>(plan.host.size());
  bench.restart(fuzz_case.bench);
  std::uint32_t number = 0;
  for (const Job& job : plan.jobs) {
    const JobVerdict judged = run_job(job, ++number, golden, bench);
    verdict.counts.cycles += judged.cycles;
    if (job.product) note(job.product->name, judged.product, verdict);
    if (job.quant) note(job.quant->name, judged.quant, verdict);
    if (verdict.state != OpState::kMatch) break;
  }
  return verdict;
}

}  // namespace systole
