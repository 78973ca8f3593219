// fold_norm.h: a layer's bias and batch norm as one affine function; private to model/fuse/.
#pragma once

#include "model/network/network.h"

namespace systole {

/// y = x * gain + offset per channel: a layer bias with a batch norm behind it.
struct ChannelAffine {
  double gain = 1;
  double offset = 0;
};

/// Of channel c: y = norm(x + bias) (model/README.md, Fusion); without a norm y = x + bias.
ChannelAffine affine_of(const BatchNorm* norm, double bias, std::int64_t c);

}  // namespace systole
