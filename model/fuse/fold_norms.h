// fold_norms.h: a float network whose batch norms have become weights and biases.
#pragma once

#include "model/network/network.h"

namespace systole {

/// conv2d | linear - batch_norm -> conv2d | linear with weight w gain and bias offset, in double
/// and rounded once (model/README.md, Fusion), where nobody else reads what lies between. The
/// product keeps its name; users of the batch norm read it instead, and outputs of that name become
/// it. Weights are then quantised as AIMET and ONNX Runtime quantise them, which scales of one
/// tensor feel; without folding a batch norm is part of the requantisation, as in Torch2Chip.
FloatNetwork fold_norms(const FloatNetwork& network);

}  // namespace systole
