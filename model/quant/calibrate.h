// calibrate.h: shows what a float network computes over samples to observers.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/network/network.h"
#include "model/quant/samples.h"

namespace systole {

/// Who sees what.
struct Watch {
  std::vector<std::string> tensors;  ///< Inputs or op outputs.
  std::function<void(const FloatTensor&)> observe;
};

/// Runs the network over all samples and shows every watched tensor of every batch to its observer,
/// batches in order and the tensors of a watch in theirs; different watches at the same time. So
/// nothing depends on the number of threads. Throws InputError when there are no samples, when they
/// are not the network's, or when a tensor that is watched is not finite.
void calibrate(const FloatNetwork& network, const SampleSource& samples,
               const std::vector<Watch>& watches, const BatchOptions& options = {});

}  // namespace systole
