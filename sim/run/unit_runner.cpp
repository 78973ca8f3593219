// unit_runner.cpp: golden inputs -> beats -> shared tensors.
#include "sim/run/unit_runner.h"

#include <memory>

#include "sim/dut/error.h"
#include "sim/run/coverage_parts.h"
#include "sim/run/unit_record.h"

namespace systole {
namespace {

JobEnd simulate(const ReplayWork& work, std::size_t u, Bench& bench) {
  const Unit& unit = work.units[u];
  try {
    const Operands operands = operands_of(work, unit);
    return bench.run(operands, make_schedule(operands.layout), static_cast<std::uint32_t>(u + 1),
                     work.tensors[unit.job]);
  } catch (const SimulationError& error) {  // No fresh design after a failure.
    JobEnd end;
    end.status = JobStatus::kFailed;
    end.message = error.what();
    end.failure.kind = FailureKind::kOther;
    return end;
  }
}

}  // namespace

void set_tasks(const std::vector<Task>& tasks, ReplayWork& work) {
  for (const Task& task : tasks) {
    const std::size_t first = work.units.size();
    work.units.insert(work.units.end(), task.units.begin(), task.units.end());
    work.tasks.push_back({first, work.units.size(), task.cycles()});
  }
}

Operands operands_of(const ReplayWork& work, const Unit& unit) {
  const Job& job = work.jobs[unit.job];
  const auto golden = [&](const std::string& name) -> const IntTensor& {
    return integers(work.golden.tensors.at(name));
  };
  return make_operands(job, inputs_of(job, golden), work.geometry, unit.region,
                       work.stored ? work.stored(job) : nullptr);
}

DoTask start_unit_runner(const ReplayWork& work) {
  const auto bench = std::make_shared<Bench>(work.built, work.bench);
  const auto run = [&work, bench](std::size_t task, const SendRecord& send) {
    bench->restart();
    for (std::size_t u = work.tasks[task].first; u < work.tasks[task].last; ++u)
      send(encode(UnitRecord{u, simulate(work, u, *bench)}));
  };
  if (work.coverage.empty()) return run;
  const auto part = std::make_shared<CoveragePart>(work.coverage);
  return [run, bench, part](std::size_t task, const SendRecord& send) {
    part->begin_task();
    run(task, send);
    part->end_task(*bench);
  };
}

}  // namespace systole
