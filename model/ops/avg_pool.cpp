// avg_pool.cpp: a sum pool and one mul_quant per number of pixels.
#include "model/ops/avg_pool.h"

#include "model/ops/sum_pool.h"

namespace systole {

Tensor<int> pixel_counts(const Window& window, std::int64_t h, std::int64_t w,
                         bool count_include_pad) {
  Tensor<int> counts({output_extent(window, 0, h), output_extent(window, 1, w)});
  for (std::int64_t i = 0; i < counts.size(); ++i) {
    const std::int64_t oh = i / counts.shape[1];
    const std::int64_t ow = i % counts.shape[1];
    const std::int64_t count = count_include_pad
                                   ? window.kernel[0] * window.kernel[1]
                                   : taps_inside(window, 0, oh, h) * taps_inside(window, 1, ow, w);
    counts[i] = static_cast<int>(count);
  }
  return counts;
}

IntTensor avg_pool(const IntTensor& x, const Window& window, std::int32_t zero_point,
                   bool count_include_pad, const std::map<int, MulQuant>& quant_by_count) {
  const IntTensor sums = sum_pool(x, window, zero_point);
  const Tensor<int> counts = pixel_counts(window, x.shape[1], x.shape[2], count_include_pad);
  const std::int64_t channels = x.channels();

  IntTensor y(sums.shape);
  for (std::int64_t i = 0; i < sums.size(); ++i) {
    const MulQuant& quant = quant_by_count.at(counts[i / channels % counts.size()]);
    y[i] = mul_quant(sums[i], 0, quant.channel(i % channels), quant);
  }
  return y;
}

}  // namespace systole
