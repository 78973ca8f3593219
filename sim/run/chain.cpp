// chain.cpp: asks for every op in order, and for its operands first.
#include "sim/run/chain.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "model/network/execute.h"
#include "sim/run/judge.h"

namespace systole {
namespace {

class Chain {
 public:
  Chain(const ReplaySetup& setup, const ReplayHooks& hooks)
      : setup_(setup),
        hooks_(hooks),
        tensors_(setup.golden),
        rows_(blank_rows(setup.network, setup.golden, setup.plan)) {
    for (const HostOp& host : setup.plan.host) host_.insert(host.node->name);
    for (const NetworkInput& input : setup.network.inputs) known_.insert(input.name);
  }

  ChainedReplay run() {
    for (const IntNode& node : setup_.network.nodes)
      if (host_.contains(node.name))
        run_host(node);
      else
        run_jobs_of(node);
    return result();
  }

 private:
  bool has_all(const std::vector<std::string>& names) const {
    return std::ranges::all_of(names,
                               [&](const std::string& name) { return known_.contains(name); });
  }

  void run_host(const IntNode& node) {
    if (!has_all(node.inputs)) return;
    std::vector<const AnyTensor*> operands;
    for (const std::string& name : node.inputs) operands.push_back(&tensors_.tensors.at(name));
    tensors_.tensors[node.name] = run_op(node, operands);
    known_.insert(node.name);
  }

  /// The jobs that `node` is the last op of.
  void run_jobs_of(const IntNode& node) {
    for (const Job& job : setup_.jobs)
      if (&job.last() == &node && can_run(job) && !stopped_) run_job(job);
  }

  bool can_run(const Job& job) const {
    if (job.product && !has_all(job.product->inputs)) return false;
    if (!job.quant) return true;
    return std::ranges::all_of(job.quant->inputs, [&](const std::string& name) {
      return known_.contains(name) || (job.product && name == job.product->name);
    });
  }

  void run_job(const Job& job) {
    ReplaySetup setup{setup_.network,  tensors_,     setup_.plan, {job}, setup_.built,
                      setup_.geometry, setup_.bench, setup_.pool, {},    setup_.coverage,
                      setup_.stored};
    const ReplayHooks hooks = {[&](ReplayProgress progress) {
                                 progress.ops = setup_.plan.jobs.size();
                                 progress.ops_done = jobs_done_;
                                 progress.done = static_cast<double>(jobs_done_) /
                                                 static_cast<double>(progress.ops);
                                 hooks_.progress(progress);
                               },
                               hooks_.interrupted, [](const auto&) {}};
    Replay one = replay(setup, hooks);
    ++jobs_done_;
    note(one.use);
    result_.replay.compare_seconds += one.compare_seconds;
    stopped_ = one.interrupted;
    for (OpVerdict& row : one.ops)
      for (const IntNode* node : {job.product, job.quant})
        if (node && node->name == row.name) take(*node, std::move(row), one);
  }

  /// The design's tensor takes the golden one's place.
  void take(const IntNode& node, OpVerdict row, Replay& one) {
    OpVerdict& mine = rows_.at(node.name);
    if (row.state == OpState::kSkipped || mine.state == OpState::kMismatch) return;
    mine = std::move(row);
    if (mine.state == OpState::kFailed) return;
    const auto found = one.tensors.find(node.name);
    if (found != one.tensors.end()) {
      result_.replay.tensors[node.name] = found->second;
      tensors_.tensors[node.name] = std::move(found->second);
    }
    count_own(node, mine);
    if (fits(node)) {
      known_.insert(node.name);
    } else {
      mine.message = "codes outside their type: the ops that need them are skipped";
    }
  }

  /// What the op adds to the differences that it got: against the reference on the same operands.
  void count_own(const IntNode& node, OpVerdict& row) const {
    std::vector<const AnyTensor*> operands;
    for (const std::string& name : node.inputs) operands.push_back(&tensors_.tensors.at(name));
    const IntTensor expected = integers(run_op(node, operands));
    const IntTensor& got = integers(tensors_.tensors.at(node.name));
    row.own = 0;
    for (std::int64_t i = 0; i < got.size(); ++i) *row.own += expected[i] != got[i];
  }

  /// The reference takes only codes of the op's type.
  bool fits(const IntNode& node) const {
    const IntRange range = node.output.type.range();
    return std::ranges::all_of(integers(tensors_.tensors.at(node.name)).data,
                               [&](std::int32_t code) { return range.contains(code); });
  }

  void note(const PoolUse& use) {
    PoolUse& all = result_.replay.use;
    all.workers = std::max(all.workers, use.workers);
    all.peak_bytes = std::max(all.peak_bytes, use.peak_bytes);
    all.own_bytes = std::max(all.own_bytes, use.own_bytes);
    all.cpu_seconds += use.cpu_seconds;
  }

  ChainedReplay result() {
    for (const IntNode& node : setup_.network.nodes)
      result_.replay.ops.push_back(std::move(rows_.at(node.name)));
    result_.replay.interrupted = stopped_;
    for (const std::string& output : setup_.network.outputs)
      if (known_.contains(output))
        result_.answers.push_back(
            compare_answers(output, setup_.golden.tensors.at(output), tensors_.tensors.at(output)));
    return std::move(result_);
  }

  const ReplaySetup& setup_;
  const ReplayHooks& hooks_;
  Trace tensors_;  ///< Golden, until an op has run.
  Rows rows_;
  std::set<std::string> host_;
  std::set<std::string> known_;  ///< Inputs and ops that have run.
  std::size_t jobs_done_ = 0;
  bool stopped_ = false;
  ChainedReplay result_;
};

}  // namespace

ChainedReplay replay_chained(const ReplaySetup& setup, const ReplayHooks& hooks) {
  return Chain(setup, hooks).run();
}

}  // namespace systole
