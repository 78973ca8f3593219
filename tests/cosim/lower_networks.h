// lower_networks.h: small networks as importers make them, for whole runs.
#pragma once

#include "model/network/bundle.h"

namespace systole::test {

/// As of a TFLite file: zero points, gemmlowp, XNNPACK's float32, double; convolution, depthwise,
/// addition, average pool, fully connected, softmax. 4 samples of codes, `test`.
Bundle tflite_like();

/// As of a Torch2Chip export: a float image, MulShifts in float32, a residual block, pools. 4
/// samples of reals, `test`.
Bundle torch2chip_like();

/// A float image whose first convolution, by integer weights, its tool computes in float. 4 samples
/// of reals, `test`.
Bundle float_image_like();

}  // namespace systole::test
