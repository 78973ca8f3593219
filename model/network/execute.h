// execute.h: runs a network in order and shows every tensor to an observer.
#pragma once

#include <functional>

#include "model/network/batch.h"
#include "model/network/network.h"

namespace systole {

/// Called once per op, in order, with its output.
using IntObserver = std::function<void(const IntNode&, const IntTensor&)>;
using FloatObserver = std::function<void(const FloatNode&, const FloatTensor&)>;

/// Runs integers through all ops and returns the network's outputs by name. Inputs are checked
/// (`check_inputs`), the network's arithmetic is not: `check_network` does that once. A tensor is
/// freed after its last consumer.
IntTensors run_integer(const IntNetwork& network, IntTensors inputs,
                       const IntObserver& observer = {});

/// The same in float; `inputs` are reals.
FloatTensors run_float(const FloatNetwork& network, FloatTensors inputs,
                       const FloatObserver& observer = {});

/// One op on its operands.
IntTensor run_op(const IntNode& node, const std::vector<const IntTensor*>& operands);
FloatTensor run_op(const FloatNode& node, const std::vector<const FloatTensor*>& operands);

}  // namespace systole
