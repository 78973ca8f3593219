// fold_norm.cpp: a layer's bias and batch norm as one affine function.
#include "model/fuse/fold_norm.h"

#include <cmath>

namespace systole {

ChannelAffine affine_of(const BatchNorm* norm, double bias, std::int64_t c) {
  if (norm == nullptr) return {.gain = 1, .offset = bias};
  const double sigma =
      std::sqrt(static_cast<double>(norm->variance[c]) + static_cast<double>(norm->epsilon));
  const double gain = static_cast<double>(norm->gamma[c]) / sigma;
  return {.gain = gain,
          .offset = static_cast<double>(norm->beta[c]) +
                    gain * (bias - static_cast<double>(norm->mean[c]))};
}

}  // namespace systole
