// float_conv2d.cpp: convolution in float32, a block of patches at a time.
#include "model/ops/float_conv2d.h"

#include "model/ops/float_linear.h"
#include "model/ops/patches.h"

namespace systole {

FloatTensor float_conv2d(const FloatTensor& x, const FloatTensor& w, const FloatTensor& bias,
                         const Conv2dParams& params) {
  assert(x.shape.size() == 4 && w.shape.size() == 4);
  assert(w.shape[2] * params.groups == x.shape[3] && w.shape[3] % params.groups == 0);
  assert(w.shape[0] == params.window.kernel[0] && w.shape[1] == params.window.kernel[1]);

  constexpr std::int64_t kBlock = 64;  // Patch rows that stay in the cache.
  const std::int64_t cout = w.shape[3];
  const std::int64_t out_group = cout / params.groups;
  FloatTensor y(output_shape(params.window, x.shape, cout));
  for (std::int64_t group = 0; group < params.groups; ++group) {
    const PatchSource<float> source{x, params.window, group * w.shape[2], w.shape[2], 0.0F};
    const std::int64_t k = source.columns();
    const std::int64_t first = group * out_group;
    std::vector<float> patches(static_cast<std::size_t>(kBlock * k));
    for (std::int64_t begin = 0; begin < y.rows(); begin += kBlock) {
      const std::int64_t end = std::min(begin + kBlock, y.rows());
      copy_patches(source, begin, end, patches.data(), k);
      multiply_float(patches.data(), end - begin, k, w.data.data() + first, out_group, cout,
                     bias.data.empty() ? nullptr : bias.data.data() + first,
                     y.data.data() + begin * cout + first, cout);
    }
  }
  return y;
}

}  // namespace systole
