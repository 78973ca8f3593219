// replay.cpp: jobs -> tasks -> workers -> verdict rows.
#include "sim/run/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>

#include "sim/run/judge.h"
#include "sim/run/results.h"
#include "sim/run/unit_record.h"
#include "sim/run/unit_runner.h"

namespace systole {
namespace {

using Clock = std::chrono::steady_clock;

Shapes shapes_of(const Trace& golden) {
  Shapes shapes;
  for (const auto& [name, tensor] : golden.tensors) shapes[name] = shape_of(tensor);
  return shapes;
}

std::size_t count_ops(const Job& job) { return (job.product ? 1 : 0) + (job.quant ? 1 : 0); }

/// The parent's side of a replay: collects the units' records and judges whole jobs.
class Replayer {
 public:
  Replayer(const ReplaySetup& setup, const ReplayHooks& hooks)
      : setup_(setup),
        hooks_(hooks),
        shapes_(shapes_of(setup.golden)),
        results_(setup.jobs, shapes_),
        work_{setup.golden, setup.built, setup.bench,        setup.geometry, setup.jobs,
              {},           {},          results_.tensors(), setup.coverage, setup.stored},
        blank_(blank_rows(setup.network, setup.golden, setup.plan)),
        units_of_(setup.jobs.size()),
        verdicts_(setup.jobs.size()) {
    set_tasks(make_tasks(setup.jobs, shapes_, setup.geometry), work_);
    ends_.resize(work_.units.size());
    for (std::size_t u = 0; u < work_.units.size(); ++u) units_of_[work_.units[u].job].push_back(u);
    for (std::size_t j = 0; j < work_.jobs.size(); ++j) {
      progress_.ops += count_ops(work_.jobs[j]);
      if (is_earlier(j)) progress_.ops_done += count_ops(work_.jobs[j]);
    }
  }

  Replay run() {
    const PoolHooks pool_hooks = {[&](std::size_t, std::string_view bytes) { take(bytes); },
                                  [&](const Death& death) { fail(death); },
                                  [&] {
                                    hooks_.idle([&] { return so_far(); });
                                    return !hooks_.interrupted();
                                  }};
    const PoolUse use = run_pool(
        tasks_to_run(), setup_.pool, [&] { return start_unit_runner(work_); }, pool_hooks);
    Replay replay = so_far();
    replay.use = use;
    return replay;
  }

 private:
  bool is_earlier(std::size_t job) const {
    return setup_.earlier.contains(work_.jobs[job].last().name);
  }

  /// Tasks with a unit that an earlier run has not finished, the longest first. They run whole, so
  /// that each unit meets the design as it does in a run of everything.
  std::vector<std::size_t> tasks_to_run() {
    std::vector<std::size_t> tasks;
    for (std::size_t t = 0; t < work_.tasks.size(); ++t) {
      const UnitRange& range = work_.tasks[t];
      bool is_finished = true;
      for (std::size_t u = range.first; u < range.last; ++u)
        is_finished = is_finished && is_earlier(work_.units[u].job);
      if (is_finished) continue;
      tasks.push_back(t);
      predicted_ += range.cycles;
    }
    std::ranges::stable_sort(tasks, std::greater(),
                             [&](std::size_t t) { return work_.tasks[t].cycles; });
    return tasks;
  }

  void take(std::string_view bytes) {
    const auto record = decode_unit_record(bytes);
    if (record && record->unit < ends_.size()) settle(record->unit, record->end);
  }

  /// The units that the dead worker has not reported; the first of them was running. If it has
  /// reported all, it died of what the last one left behind.
  void fail(const Death& death) {
    const UnitRange& range = work_.tasks[death.task];
    std::string running;
    for (std::size_t u = range.first; u < range.last; ++u) {
      if (ends_[u]) continue;
      if (running.empty()) running = work_.jobs[work_.units[u].job].last().name;
      JobEnd end;
      end.status = JobStatus::kFailed;
      end.failure.kind = FailureKind::kCrash;
      end.message = fmt::format("worker {} {} while it simulated {}; see {}", death.worker,
                                death.how, running, death.log.string());
      settle(u, end);
    }
    if (!running.empty()) return;
    const std::size_t last = work_.units[range.last - 1].job;
    fail_late(last, fmt::format("worker {} {} after it had simulated {}; see {}", death.worker,
                                death.how, work_.jobs[last].last().name, death.log.string()));
  }

  /// Its tensors have been compared; it cannot be called right.
  void fail_late(std::size_t job, const std::string& message) {
    if (!verdicts_[job]) return;
    for (auto* row : {&verdicts_[job]->product, &verdicts_[job]->quant}) {
      if (!*row) continue;
      (*row)->state = OpState::kFailed;
      (*row)->failure.kind = FailureKind::kCrash;
      (*row)->message = message;
    }
  }

  /// Notes how a unit ended; judges its job when it was the last one.
  void settle(std::size_t u, const JobEnd& end) {
    const std::size_t job = work_.units[u].job;
    ends_[u] = end;
    note_progress(work_.units[u], end);
    const auto has_ended = [&](std::size_t other) { return ends_[other].has_value(); };
    if (!is_earlier(job) && std::ranges::all_of(units_of_[job], has_ended)) judge_job(job);
    hooks_.progress(progress_);
  }

  void note_progress(const Unit& unit, const JobEnd& end) {
    predicted_done_ += unit.cycles;
    progress_.done = static_cast<double>(predicted_done_) / static_cast<double>(predicted_);
    progress_.cycles += end.cycles;
    const Job& job = work_.jobs[unit.job];
    if (!job.product) return;
    const double part = static_cast<double>(unit.region.rows * unit.region.channels) /
                        static_cast<double>(element_count(shapes_.at(job.product->name)));
    const auto macs = static_cast<double>(blank_.at(job.product->name).macs);
    progress_.macs += static_cast<std::int64_t>(part * macs);
  }

  void judge_job(std::size_t job) {
    const auto start = Clock::now();
    std::vector<JobEnd> ends;
    for (const std::size_t u : units_of_[job]) ends.push_back(*ends_[u]);
    verdicts_[job] = judge(work_.jobs[job], fold(ends), work_.tensors[job], setup_.golden,
                           setup_.geometry, [&](std::int64_t flat) { return place_of(job, flat); });
    for (const std::size_t u : units_of_[job]) verdicts_[job]->predicted += work_.units[u].cycles;
    results_.release(job);
    progress_.ops_done += count_ops(work_.jobs[job]);
    compare_seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
  }

  ElementPlace place_of(std::size_t job, std::int64_t flat) const {
    const Job& owner = work_.jobs[job];
    const OutputOrder order = order_of(owner, shapes_.at(input_of(owner)));
    for (const std::size_t u : units_of_[job]) {
      const Region& region = work_.units[u].region;
      const std::int64_t row = order.row(flat) - region.m;
      const std::int64_t channel = order.channel(flat) - region.channel;
      if (row < 0 || row >= region.rows || channel < 0 || channel >= region.channels) continue;
      const Layout layout =
          make_layout(owner, shapes_.at(input_of(owner)), setup_.geometry, region);
      const Place place = locate(flat, layout, make_schedule(layout));
      return {place.tile, place.row, place.column};
    }
    return {};
  }

  Replay so_far() const {
    Replay replay;
    Rows rows = blank_;
    for (const auto& [name, op] : setup_.earlier) {
      OpVerdict& row = rows.at(name);
      fill(op.row, row);
      row.cycles = op.row.cycles;
      row.utilisation = op.row.utilisation;
      row.predicted = op.row.predicted;
      row.cached = op.row.cached;
      if (op.tensor) replay.tensors[name] = *op.tensor;
    }
    for (std::size_t j = 0; j < verdicts_.size(); ++j) {
      if (!verdicts_[j]) continue;
      const Job& job = work_.jobs[j];
      if (add(job, *verdicts_[j], setup_.geometry, rows) && verdicts_[j]->accumulators)
        replay.tensors[job.product->name] = *verdicts_[j]->accumulators;
      if (verdicts_[j]->output) replay.tensors[job.quant->name] = *verdicts_[j]->output;
    }
    for (const IntNode& node : setup_.network.nodes)
      replay.ops.push_back(std::move(rows.at(node.name)));
    replay.interrupted = progress_.ops_done < progress_.ops;
    replay.compare_seconds = compare_seconds_;
    return replay;
  }

  const ReplaySetup& setup_;
  const ReplayHooks& hooks_;
  Shapes shapes_;
  Results results_;
  ReplayWork work_;
  Rows blank_;
  std::vector<std::vector<std::size_t>> units_of_;   ///< By job.
  std::vector<std::optional<JobEnd>> ends_;          ///< By unit.
  std::vector<std::optional<JobVerdict>> verdicts_;  ///< By job.
  ReplayProgress progress_;
  std::uint64_t predicted_ = 0;
  std::uint64_t predicted_done_ = 0;
  double compare_seconds_ = 0.0;
};

}  // namespace

Replay replay(const ReplaySetup& setup, const ReplayHooks& hooks) {
  return Replayer(setup, hooks).run();
}

}  // namespace systole
