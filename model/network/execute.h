// execute.h: runs a network in order and shows every tensor to an observer.
#pragma once

#include <functional>
#include <optional>

#include "model/network/batch.h"
#include "model/network/network.h"

namespace systole {

/// Called once per op, in order, with its output.
using IntObserver = std::function<void(const IntNode&, const AnyTensor&)>;
using FloatObserver = std::function<void(const FloatNode&, const FloatTensor&)>;

/// A tensor that stands in for the one that an op of this name computed, or null. It must live as
/// long as the run.
using KnownTensors = std::function<const AnyTensor*(const std::string& name)>;

/// Runs integers (and reals, where the network has some) through all ops and returns the network's
/// outputs by name. Inputs are checked (`check_inputs`), the network's arithmetic is not:
/// `check_network` does that once. A tensor is freed after its last consumer. Ops take an operand
/// that `known` knows from there; the observer sees what each op computed all the same.
AnyTensors run_integer(const IntNetwork& network, AnyTensors inputs,
                       const IntObserver& observer = {}, const KnownTensors& known = {});

/// The same in float; `inputs` are reals.
FloatTensors run_float(const FloatNetwork& network, FloatTensors inputs,
                       const FloatObserver& observer = {});

/// What stands between the ops of a float network: quantizers, for example.
struct FloatFilters {
  /// What becomes of an input or output before anybody, the observer too, sees it.
  std::function<void(const std::string& name, FloatTensor&)> tensor = {};
  /// What the node takes as operand `index` instead of `x`; nothing: x.
  std::function<std::optional<FloatTensor>(const FloatNode&, std::size_t index,
                                           const FloatTensor& x)>
      operand = {};
};
FloatTensors run_float(const FloatNetwork& network, FloatTensors inputs,
                       const FloatFilters& filters, const FloatObserver& observer = {});

/// One op on its operands.
AnyTensor run_op(const IntNode& node, const std::vector<const AnyTensor*>& operands);
FloatTensor run_op(const FloatNode& node, const std::vector<const FloatTensor*>& operands);

}  // namespace systole
