// report.cpp: both networks on the same inputs, tensor by tensor.
#include "model/lower/report.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "model/config/error.h"
#include "model/lower/meaning.h"
#include "model/network/execute.h"
#include "model/network/op_name.h"
#include "model/network/shapes.h"
#include "model/network/statistics.h"
#include "model/quant/energy.h"

namespace systole {
namespace {

constexpr std::int64_t kChunk = 4;  ///< Samples in memory at a time.

/// The reals that elements stand for; sums count as they are.
void add_energy(Energy& energy, const AnyTensor& faithful, const Meaning& meaning,
                const IntTensor& expected, const IntTensor& got, const Quantization& q) {
  const bool is_coded = std::holds_alternative<CodedReals>(meaning);
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const double y = dequantize(got[i], q);
    const double x =
        is_coded ? static_cast<double>(reals(faithful)[i]) : dequantize(expected[i], q);
    add_pair(energy, x, y);
  }
}

template <class Row>
void count_differences(Row& row, const IntTensor& expected, const IntTensor& got) {
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const std::int64_t difference = std::abs(std::int64_t{expected[i]} - std::int64_t{got[i]});
    row.differing += difference != 0 ? 1 : 0;
    row.largest = std::max(row.largest, difference);
  }
  row.compared += got.size();
}

/// Index of the largest element of every sample.
std::vector<std::int64_t> winners(const AnyTensor& tensor) {
  std::vector<std::int64_t> result;
  std::visit(
      [&](const auto& t) {
        const std::int64_t size = t.size() / t.shape[0];
        for (auto row = t.data.begin(); row != t.data.end(); row += size)
          result.push_back(std::max_element(row, row + size) - row);
      },
      tensor);
  return result;
}

std::string kind_of(const IntOp& op) {
  const std::string name(op_name(op));
  if (const auto* quant = std::get_if<Requantise>(&op))
    return name + " (" + std::string(kDialectNames[quant->dialect.index()]) + ")";
  return name;
}

/// Two runs of one chunk after another, and what they add to the report.
class Comparer {
 public:
  Comparer(const IntNetwork& faithful, const Lowered& lowered)
      : faithful_(faithful), lowered_(lowered) {
    std::map<std::string, const IntOp*> ops;
    for (const IntNode& node : faithful.nodes) ops[node.name] = &node.op;
    std::set<std::string> kept;
    for (const KeptOp& op : lowered.kept) kept.insert(op.op);
    for (const IntNode& node : lowered.network.nodes) {
      const auto meaning = lowered.meanings.find(node.name);
      if (meaning == lowered.meanings.end()) continue;
      const std::string name = faithful_name(node.name, meaning->second);
      // Lowered all the same: another op than the faithful one's, or the hardware's arithmetic
      // that only the host has room for.
      if (kept.contains(node.name) && op_name(node.op) == op_name(*ops.at(name)) &&
          !std::holds_alternative<MulQuant>(node.op))
        continue;
      row_of_[node.name] = report_.ops.size();
      report_.ops.push_back({.op = node.name,
                             .kind = std::string(op_name(node.op)),
                             .faithful = name,
                             .from = kind_of(*ops.at(name))});
    }
    for (const LoweredScale& scale : lowered.scales)
      if (const auto row = row_of_.find(scale.op); row != row_of_.end()) {
        std::optional<double>& error = report_.ops[row->second].scale_error;
        error = std::max(error.value_or(0), scale.largest_error);
      }
    energies_.resize(report_.ops.size());
    for (std::size_t i = 0; i < faithful.outputs.size(); ++i)
      report_.outputs.push_back(
          {.faithful = faithful.outputs[i], .lowered = lowered.network.outputs[i]});
  }

  void add(const AnyTensors& inputs) {
    AnyTensors faithful;
    const AnyTensors wanted =
        run_integer(faithful_, inputs,
                    [&](const IntNode& node, const AnyTensor& y) { faithful[node.name] = y; });
    AnyTensors known;
    for (const auto& [name, meaning] : lowered_.meanings)
      known[name] = as_lowered(faithful.at(faithful_name(name, meaning)), meaning);
    run_integer(
        lowered_.network, inputs,
        [&](const IntNode& node, const AnyTensor& y) {
          if (row_of_.contains(node.name)) judge(node, faithful, known.at(node.name), y);
        },
        [&](const std::string& name) -> const AnyTensor* {
          const auto found = known.find(name);
          if (found != known.end()) return &found->second;
          const auto real = faithful.find(name);  // Reals of the host are the same in both.
          return real != faithful.end() && is_real(real->second) ? &real->second : nullptr;
        });
    judge_outputs(wanted, run_integer(lowered_.network, inputs));
  }

  LowerReport finish() {
    for (std::size_t i = 0; i < energies_.size(); ++i)
      report_.ops[i].sqnr_db = sqnr_db(energies_[i]);
    return std::move(report_);
  }

 private:
  void judge(const IntNode& node, const AnyTensors& faithful, const AnyTensor& expected,
             const AnyTensor& got) {
    const std::size_t row = row_of_.at(node.name);
    count_differences(report_.ops[row], integers(expected), integers(got));
    add_energy(energies_[row], faithful.at(report_.ops[row].faithful),
               lowered_.meanings.at(node.name), integers(expected), integers(got), node.output);
  }

  void judge_outputs(const AnyTensors& wanted, const AnyTensors& got) {
    for (LoweredOutput& output : report_.outputs) {
      const AnyTensor& x = wanted.at(output.faithful);
      const AnyTensor& y = got.at(output.lowered);
      const auto expected = winners(x), answered = winners(y);
      output.samples += std::ssize(expected);
      for (std::size_t i = 0; i < expected.size(); ++i)
        output.top1_equal += expected[i] == answered[i] ? 1 : 0;
      const auto meaning = lowered_.meanings.find(output.lowered);
      if (meaning != lowered_.meanings.end())
        count_differences(output, as_lowered(x, meaning->second), integers(y));
    }
  }

  const IntNetwork& faithful_;
  const Lowered& lowered_;
  LowerReport report_;
  std::vector<Energy> energies_;
  std::map<std::string, std::size_t> row_of_;
};

}  // namespace

std::int64_t LowerReport::compared() const {
  std::int64_t sum = 0;
  for (const LoweredOp& op : ops) sum += op.compared;
  return sum;
}

double LowerReport::worst_scale_error() const {
  double worst = 0;
  for (const LoweredOp& op : ops) worst = std::max(worst, op.scale_error.value_or(0));
  return worst;
}

double LoweredMacs::percent() const {
  return all == 0 ? 100 : 100 * static_cast<double>(lowered) / static_cast<double>(all);
}

LoweredMacs count_lowered_macs(const Lowered& lowered) {
  const auto macs = count_macs(lowered.network, infer_shapes(lowered.network, 1));
  LoweredMacs sums;
  for (const auto& [op, count] : macs) sums.all += count;
  sums.lowered = sums.all;
  for (const KeptOp& kept : lowered.kept) sums.lowered -= macs.at(kept.op);
  return sums;
}

LowerReport compare_lowered(const IntNetwork& faithful, const Lowered& lowered,
                            const AnyTensors& inputs) {
  const std::int64_t count = check_inputs(inputs, faithful.inputs);
  Comparer comparer(faithful, lowered);
  for (std::int64_t first = 0; first < count; first += kChunk)
    comparer.add(slice_batch(inputs, first, std::min(kChunk, count - first)));
  LowerReport report = comparer.finish();
  report.network = faithful.name;
  report.kept = lowered.kept;
  report.op_count = lowered.network.nodes.size();
  report.macs = count_lowered_macs(lowered);
  if (report.compared() == 0)
    throw InputError({.where = {},
                      .key = faithful.name,
                      .got = "0 elements compared",
                      .expected = "a lowered op that stands for one of the network's",
                      .hint = ""});
  return report;
}

}  // namespace systole
