// samples.cpp: where calibration and evaluation take their batches from.
#include "model/quant/samples.h"

namespace systole {

SampleSource samples_of(const AnyTensors& tensors) {
  const std::int64_t count = tensors.empty() ? 0 : shape_of(tensors.begin()->second)[0];
  return {.count = count, .read = [&tensors](std::int64_t first, std::int64_t number) {
            return slice_batch(tensors, first, number);
          }};
}

FloatTensors to_reals(const AnyTensors& tensors, const std::vector<NetworkInput>& inputs) {
  FloatTensors result;
  for (const NetworkInput& input : inputs) {
    const AnyTensor& tensor = tensors.at(input.name);
    result[input.name] =
        input.is_float ? reals(tensor) : dequantize(integers(tensor), input.quantization);
  }
  return result;
}

}  // namespace systole
