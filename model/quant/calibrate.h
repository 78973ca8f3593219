// calibrate.h: shows what a float network computes over samples to observers.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/network/network.h"
#include "model/quant/samples.h"
#include "model/quant/tensor_observer.h"

namespace systole {

/// One quantizer in the making; all tensors (inputs or op outputs) share it.
struct Watch {
  std::vector<std::string> tensors;
  TensorObserver observer;
};

/// Runs the network over all samples in order and shows every watched tensor of every batch to its
/// observer; tensors of one watch in the order of the network. The observers' state does not depend
/// on the number of threads. Throws InputError when there are no samples, when they are not the
/// network's, or when a tensor that is watched is not finite.
void calibrate(const FloatNetwork& network, const SampleSource& samples,
               std::vector<Watch>& watches, const BatchOptions& options = {});

}  // namespace systole
