// samples.cpp: where calibration and evaluation take their batches from.
#include "model/quant/samples.h"

namespace systole {

SampleSource samples_of(const AnyTensors& tensors) {
  const std::int64_t count = tensors.empty() ? 0 : shape_of(tensors.begin()->second)[0];
  return {.count = count, .read = [&tensors](std::int64_t first, std::int64_t number) {
            return slice_batch(tensors, first, number);
          }};
}

}  // namespace systole
