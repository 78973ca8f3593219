// sides.cpp: ops by name, tensors by trace.
#include "flows/regress/sides.h"

#include <algorithm>
#include <map>

#include "flows/regress/baseline.h"
#include "golden/compare.h"
#include "model/config/error.h"

namespace systole::regress {
namespace {

double slower_by(std::uint64_t a, std::uint64_t b) {
  return a > 0 && b > 0 ? CycleChange{"", "", a, b}.percent() : 0.0;
}

/// Ops of both cases, without bits.
std::vector<OpSides> pair_ops(const CaseResult& a, const CaseResult& b) {
  std::vector<OpSides> ops;
  const auto row = [&](const OpVerdict& op) -> OpSides& {
    const auto found = std::find_if(ops.begin(), ops.end(),
                                    [&](const OpSides& other) { return other.name == op.name; });
    if (found != ops.end()) return *found;
    OpSides made;
    made.name = op.name;
    made.op = op.op;
    ops.push_back(made);
    return ops.back();
  };
  for (const OpVerdict& op : a.verdict.ops) {
    OpSides& one = row(op);
    one.a = op.state;
    if (has_ended(op.state)) one.cycles_a = op.cycles;
  }
  for (const OpVerdict& op : b.verdict.ops) {
    OpSides& one = row(op);
    one.b = op.state;
    if (has_ended(op.state)) one.cycles_b = op.cycles;
  }
  return ops;
}

/// Counts differing elements of ops that both designs computed.
void compare_bits(const std::string& a, const std::string& b, SideComparison& sides) {
  try {
    const TraceComparison bits = compare_traces(TraceReader(a + "/rtl"), TraceReader(b + "/rtl"));
    std::map<std::string, const Comparison*> by_name;
    for (const TensorComparison& tensor : bits.tensors) by_name[tensor.name] = &tensor.comparison;
    for (OpSides& op : sides.ops) {
      const auto found = by_name.find(op.name);
      if (found == by_name.end() || !op.have_ended()) continue;
      const Comparison& bits_of = *found->second;
      op.elements = bits_of.compared + bits_of.missing + bits_of.extra;
      op.differing = bits_of.mismatched + bits_of.missing + bits_of.extra;
    }
  } catch (const InputError& error) {
    sides.note = std::string("bits not compared: ") + error.what();
  }
}

}  // namespace

bool OpSides::have_ended() const { return has_ended(a) && has_ended(b); }

double OpSides::percent() const { return slower_by(cycles_a, cycles_b); }
double SideComparison::percent() const { return slower_by(cycles_a(), cycles_b()); }

std::int64_t SideComparison::differing() const {
  std::int64_t sum = 0;
  for (const OpSides& op : ops) sum += op.differing.value_or(0);
  return sum;
}

std::uint64_t SideComparison::cycles_a() const {
  std::uint64_t sum = 0;
  for (const OpSides& op : ops)
    if (op.have_ended()) sum += op.cycles_a;
  return sum;
}

std::uint64_t SideComparison::cycles_b() const {
  std::uint64_t sum = 0;
  for (const OpSides& op : ops)
    if (op.have_ended()) sum += op.cycles_b;
  return sum;
}

std::vector<SideComparison> compare_sides(const Regression& regression, const std::string& out) {
  std::vector<SideComparison> all;
  for (const CaseResult& a : regression.cases) {
    if (a.side != "A") continue;
    const auto b = std::find_if(
        regression.cases.begin(), regression.cases.end(),
        [&](const CaseResult& other) { return other.side == "B" && other.name == a.name; });
    if (b == regression.cases.end()) continue;
    SideComparison sides{a.name, a.state, b->state, pair_ops(a, *b), ""};
    compare_bits(out + "/" + a.folder, out + "/" + b->folder, sides);
    all.push_back(std::move(sides));
  }
  return all;
}

}  // namespace systole::regress
