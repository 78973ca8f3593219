// check_import.cpp: an imported network against the tensors that its own tool recorded.
#include "golden/check_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "model/config/error.h"
#include "model/config/nearest.h"
#include "model/config/value.h"
#include "model/network/check.h"
#include "model/network/execute.h"
#include "model/network/op_name.h"
#include "model/network/ranges.h"
#include "model/network/shapes.h"

namespace systole {
namespace {

/// Of differing elements; infinite where one of them is no number.
template <class T>
double largest_difference(const Tensor<T>& a, const Tensor<T>& b) {
  double largest = 0;
  for (std::int64_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    const double difference = std::abs(x - y);
    largest = std::isnan(difference) ? std::numeric_limits<double>::infinity()
                                     : std::max(largest, difference);
  }
  return largest;
}

OpAgreement compare(const AnyTensor& expected, const AnyTensor& got) {
  OpAgreement result{.comparison = compare_tensors(expected, got)};
  if (is_real(expected) != is_real(got)) return result;
  result.largest = is_real(expected) ? largest_difference(reals(expected), reals(got))
                                     : largest_difference(integers(expected), integers(got));
  return result;
}

AnyTensors read_all(const IntNetwork& network, const TraceReader& trace) {
  std::vector<std::string> names;
  for (const NetworkInput& input : network.inputs) names.push_back(input.name);
  for (const IntNode& node : network.nodes) names.push_back(node.name);
  AnyTensors tensors;
  for (const TraceEntry& entry : trace.entries()) {
    if (std::find(names.begin(), names.end(), entry.name) == names.end())
      throw InputError({.key = entry.name,
                        .got = "a recorded tensor of this name",
                        .expected = "an input or op of network " + network.name,
                        .hint = did_you_mean(entry.name, names)});
    tensors[entry.name] = trace.read(entry.name);
  }
  return tensors;
}

AnyTensors inputs_of(const IntNetwork& network, const AnyTensors& recorded) {
  AnyTensors inputs;
  for (const NetworkInput& input : network.inputs) {
    const auto found = recorded.find(input.name);
    if (found == recorded.end())
      throw InputError({.key = input.name,
                        .got = "no recorded tensor",
                        .expected = "the network's input",
                        .hint = "record the inputs with the outputs"});
    inputs[input.name] = found->second;
  }
  return inputs;
}

/// By name: the hash covers a bundle's samples too, and one recording may judge several imports.
void expect_network(const IntNetwork& network, const TraceReader& trace) {
  if (trace.network() != network.name)
    throw InputError({.key = "network",
                      .got = "a trace of " + trace.network(),
                      .expected = "one of " + network.name,
                      .hint = "import the recorded tensors with the bundle's source"});
}

/// Whether an op may take a recorded tensor as its operand: of this shape, kind and range.
bool fits(const AnyTensor& tensor, const Shape& shape, bool is_float, const IntRange& range) {
  if (shape_of(tensor) != shape || is_real(tensor) != is_float) return false;
  if (is_float) return true;
  const std::vector<std::int32_t>& data = integers(tensor).data;
  return std::all_of(data.begin(), data.end(),
                     [&](std::int32_t value) { return range.contains(value); });
}

/// The recorded tensors that ops can take as operands.
std::set<std::string> usable_operands(const IntNetwork& network, const AnyTensors& recorded,
                                      std::int64_t batch) {
  const Shapes shapes = infer_shapes(network, batch);
  const Ranges ranges = value_ranges(network);
  std::set<std::string> usable;
  for (const IntNode& node : network.nodes) {
    const auto found = recorded.find(node.name);
    if (found != recorded.end() &&
        fits(found->second, shapes.at(node.name), node.is_float, ranges.at(node.name)))
      usable.insert(node.name);
  }
  return usable;
}

bool agrees(const OpAgreement& agreement, std::int64_t differing) {
  const Comparison& c = agreement.comparison;
  return c.compared > 0 && c.missing == 0 && c.extra == 0 && c.same_shape &&
         c.mismatched == differing;
}

}  // namespace

std::vector<ImportedOp> check_import(const IntNetwork& network, const TraceReader& trace) {
  expect_network(network, trace);
  check_network(network);
  const AnyTensors recorded = read_all(network, trace);
  const AnyTensors inputs = inputs_of(network, recorded);
  const auto recorded_of = [&](const std::string& name) -> const AnyTensor* {
    const auto found = recorded.find(name);
    return found == recorded.end() ? nullptr : &found->second;
  };
  const auto usable = usable_operands(network, recorded, check_inputs(inputs, network.inputs));
  std::vector<ImportedOp> ops;
  run_integer(
      network, inputs,
      [&](const IntNode& node, const AnyTensor& output) {
        if (const AnyTensor* expected = recorded_of(node.name))
          ops.push_back({.name = node.name,
                         .op = std::string(op_name(node.op)),
                         .recorded = compare(*expected, output),
                         .chained = {}});
      },
      [&](const std::string& name) { return usable.contains(name) ? recorded_of(name) : nullptr; });
  std::size_t next = 0;
  run_integer(network, inputs, [&](const IntNode& node, const AnyTensor& output) {
    if (const AnyTensor* expected = recorded_of(node.name))
      ops[next++].chained = compare(*expected, output);
  });
  return ops;
}

bool agrees(const ImportedOp& op, const ExpectedDifferences& expected) {
  const auto found = expected.find(op.name);
  const ExpectedDifference none;
  const ExpectedDifference& counts = found == expected.end() ? none : found->second;
  return agrees(op.recorded, counts.recorded) && agrees(op.chained, counts.chained);
}

bool agrees(const std::vector<ImportedOp>& ops, const ExpectedDifferences& expected) {
  return !ops.empty() && std::all_of(ops.begin(), ops.end(),
                                     [&](const ImportedOp& op) { return agrees(op, expected); });
}

ExpectedDifferences load_expected_differences(const std::string& path,
                                              const std::vector<ImportedOp>& ops) {
  std::vector<std::string> names;
  for (const ImportedOp& op : ops) names.push_back(op.name);
  const Value root = load_yaml(path);
  root.expect_keys({"format", "version", "differences"});
  constexpr std::array<std::string_view, 1> kFormats = {"systole-expected-differences"};
  root.get("format").as_choice(kFormats);
  root.get("version").as_int(1, 1);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  ExpectedDifferences expected;
  for (const Value& item : root.get("differences").items()) {
    item.expect_keys({"op", "recorded", "chained", "reason"});
    const Value op = item.get("op");
    const std::string& name = op.as_string();
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw op.error("an op that the trace recorded", did_you_mean(name, names));
    ExpectedDifference difference{.reason = item.get("reason").as_string()};
    if (const auto count = item.find("recorded")) difference.recorded = count->as_int(0, kMost);
    if (const auto count = item.find("chained")) difference.chained = count->as_int(0, kMost);
    if (!expected.emplace(name, difference).second) throw op.error("each op once");
  }
  return expected;
}

}  // namespace systole
