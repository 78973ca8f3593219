// explain.cpp: which ops, on which workers, and the two halves of an explanation.
#include "sim/run/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "model/network/execute.h"
#include "model/network/names.h"
#include "sim/check/explain.h"
#include "sim/run/finding_record.h"
#include "sim/run/investigate.h"

namespace systole {
namespace {

/// A wrong tensor of a job.
struct Suspect {
  std::size_t job = 0;
  ProbedTensor tensor = ProbedTensor::kOutput;
  OpVerdict* row = nullptr;
};

bool is_failed(const OpVerdict& row) { return row.state == OpState::kFailed; }

class Explainer {
 public:
  Explainer(const ExplainSetup& setup, Replay& result)
      : setup_(setup), replay_(setup.replay), result_(result) {
    for (const auto& [name, tensor] : replay_.golden.tensors) shapes_[name] = shape_of(tensor);
    for (const Task& task : make_tasks(replay_.jobs, shapes_, replay_.geometry))
      for (const Unit& unit : task.units) units_.push_back(unit);
    find_suspects();
  }

  void run(const ExplainHooks& hooks) {
    for (const Suspect& suspect : suspects_) suspect.row->explanation = from_tensors(suspect);
    std::vector<std::size_t> tasks;
    for (std::size_t s = 0; s < suspects_.size(); ++s)
      if (is_root(suspects_[s]) && tasks.size() < static_cast<std::size_t>(setup_.most))
        tasks.push_back(s);
    if (tasks.empty()) return;
    std::size_t done = 0;
    hooks.progress(done, tasks.size());
    const PoolHooks pool_hooks = {[&](std::size_t task, std::string_view bytes) {
                                    if (const auto finding = decode_finding(bytes))
                                      merge(*finding, task);
                                    hooks.progress(++done, tasks.size());
                                  },
                                  [&](const Death& death) {
                                    suspects_[death.task].row->explanation->evidence.push_back(
                                        fmt::format("not localised further: worker {} {}; see {}",
                                                    death.worker, death.how, death.log.string()));
                                  },
                                  [&] { return !hooks.interrupted(); }};
    run_pool(
        tasks, {replay_.pool.workers, setup_.directory / "workers"}, [&] { return start(); },
        pool_hooks);
  }

 private:
  /// Not what follows from another suspect.
  static bool is_root(const Suspect& suspect) {
    return is_failed(*suspect.row) || suspect.tensor == ProbedTensor::kAccumulators ||
           suspect.row->stage == Stage::kMulQuant;
  }

  void find_suspects() {
    std::map<std::string, OpVerdict*> rows;
    for (OpVerdict& row : result_.ops)
      if (can_explain(row)) rows[row.name] = &row;
    const auto add = [&](std::size_t job, const IntNode* node, ProbedTensor tensor) {
      if (!node || !rows.contains(node->name)) return;
      const bool is_known =
          !suspects_.empty() && suspects_.back().job == job && is_failed(*suspects_.back().row);
      if (!is_known) suspects_.push_back({job, tensor, rows.at(node->name)});
      rows.erase(node->name);
    };
    for (std::size_t j = 0; j < replay_.jobs.size(); ++j) {
      add(j, replay_.jobs[j].product, ProbedTensor::kAccumulators);
      add(j, replay_.jobs[j].quant, ProbedTensor::kOutput);
    }
  }

  std::vector<Unit> units_of(std::size_t job) const {
    std::vector<Unit> units;
    std::ranges::copy_if(units_, std::back_inserter(units),
                         [&](const Unit& unit) { return unit.job == job; });
    return units;
  }

  const IntTensor& golden_of(const std::string& name) const {
    return integers(replay_.golden.tensors.at(name));
  }

  /// What the design computed of an op: kept where it differs.
  const IntTensor& got_of(const std::string& name) const {
    const auto found = result_.tensors.find(name);
    return found == result_.tensors.end() ? golden_of(name) : found->second;
  }

  Explanation from_tensors(const Suspect& suspect) const {
    if (is_failed(*suspect.row)) return {};
    const Job& job = replay_.jobs[suspect.job];
    const std::vector<Unit> units = units_of(suspect.job);
    const TileMap map(job, units, shapes_, replay_.geometry);
    const IntTensor& golden = golden_of(suspect.row->name);
    const IntTensor& got = got_of(suspect.row->name);
    const PlaceOf place_of = [&](std::int64_t flat) { return map.place_of(flat); };
    const Differences differences = find_differences(golden, got, place_of, replay_.geometry.cols);
    if (suspect.tensor == ProbedTensor::kAccumulators) {
      const Layout layout =
          make_layout(job, shapes_.at(input_of(job)), replay_.geometry, units.front().region);
      Explanation explanation = explain_sums(golden, got, differences, layout.stream);
      if (only_tap_differs(suspect, got)) {
        explanation.stage = "tap";
        explanation.evidence.push_back(fmt::format(
            "{} is right, and would not be with these sums: the tap shows other sums than the "
            "lanes got",
            job.quant->name));
      }
      return explanation;
    }
    const auto& inputs = job.quant->inputs;
    Explanation explanation = explain_codes(
        golden, got, job.product ? got_of(inputs[0]) : golden_of(inputs[0]),
        inputs.size() > 1 ? &golden_of(inputs[1]) : nullptr, job.quant->op, differences, place_of);
    if (is_root(suspect)) return explanation;
    explanation.follows = true;
    explanation.stage = explanation.kind = "";
    explanation.evidence = {fmt::format(
        "follows from its accumulators, which differ: their own codes are right; see {}",
        inputs[0])};
    return explanation;
  }

  /// The op's codes are those of the golden accumulators and not those of `sums`.
  bool only_tap_differs(const Suspect& suspect, const IntTensor& sums) const {
    const IntNode* quant = replay_.jobs[suspect.job].quant;
    const auto is_right = [&](const OpVerdict& row) {
      return quant && row.name == quant->name && row.state == OpState::kMatch;
    };
    if (std::ranges::none_of(result_.ops, is_right)) return false;
    const AnyTensor shown = sums;
    std::vector<const AnyTensor*> operands = {&shown};
    for (std::size_t i = 1; i < quant->inputs.size(); ++i)
      operands.push_back(&replay_.golden.tensors.at(quant->inputs[i]));
    return integers(run_op(*quant, operands)).data != golden_of(quant->name).data;
  }

  DoTask start() const {
    const auto investigator = std::make_shared<Investigator>(setup_);
    return [this, investigator](std::size_t task, const SendRecord& send) {
      const Suspect& suspect = suspects_[task];
      const std::vector<Unit> units = units_of(suspect.job);
      const Job& job = replay_.jobs[suspect.job];
      const TileMap map(job, units, shapes_, replay_.geometry);
      const std::string folder = folder_of(task);
      send(encode(is_failed(*suspect.row)
                      ? investigator->find_failure(job, units, suspect.row->failure, folder)
                      : investigator->investigate(
                            {job, map, units, suspect.tensor, first_difference(suspect), folder})));
    };
  }

  /// A name that every file system takes.
  std::string folder_of(std::size_t suspect) const {
    return fmt::format("{}_{}", suspect + 1, file_text(suspects_[suspect].row->name));
  }

  std::int64_t first_difference(const Suspect& suspect) const {
    const IntTensor& golden = golden_of(suspect.row->name);
    const auto [expected, got] = std::ranges::mismatch(golden.data, got_of(suspect.row->name).data);
    return expected - golden.data.begin();
  }

  void merge(const Finding& finding, std::size_t task) {
    Explanation& explanation = *suspects_[task].row->explanation;
    explanation.pe_row = finding.pe_row;
    explanation.first_cycle = finding.first_cycle;
    const auto in_directory = [&](const std::string& name) {
      return name.empty() ? "" : (setup_.directory.filename() / name).string();
    };
    explanation.wave = in_directory(finding.wave);
    explanation.reproducer = in_directory(finding.reproducer);
    explanation.evidence.insert(explanation.evidence.end(), finding.evidence.begin(),
                                finding.evidence.end());
  }

  const ExplainSetup& setup_;
  const ReplaySetup& replay_;
  Replay& result_;
  Shapes shapes_;
  std::vector<Unit> units_;
  std::vector<Suspect> suspects_;
};

}  // namespace

bool can_explain(const OpVerdict& row) {
  if (is_failed(row)) return row.failure.kind != FailureKind::kCrash;
  return row.state == OpState::kMismatch && row.first;
}

void explain(const ExplainSetup& setup, const ExplainHooks& hooks, Replay& result) {
  Explainer(setup, result).run(hooks);
}

}  // namespace systole
