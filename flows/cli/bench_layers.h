// bench_layers.h: the layers whose integer products `systole bench --model` measures.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/ops/int_conv2d.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Layers of one shape: x [batch, height, width, cin] of unsigned and w of signed 8 bits. A linear
/// layer is one of a pixel.
struct BenchLayer {
  int count = 1;  ///< In the network.
  std::int64_t batch = 1, height = 1, width = 1, cin = 1, cout = 1;
  Conv2dParams params;

  Shape x_shape() const { return {batch, height, width, cin}; }
  Shape w_shape() const {
    return {params.window.kernel[0], params.window.kernel[1], cin / params.groups, cout};
  }
  Shape y_shape() const { return output_shape(params.window, x_shape(), cout); }
  bool is_linear() const { return height * width == 1; }
  std::int64_t macs() const { return element_count(y_shape()) / cout * element_count(w_shape()); }
};

/// "32x32x16 -> 16, 3x3", "s2" where it strides, "depthwise", "1024 -> 1000" when linear.
std::string to_string(const BenchLayer& layer);

struct BenchLayers {
  std::string network;
  std::vector<BenchLayer> layers;
};

/// Every shape of ResNet-20 (He et al. 2016, on 32x32 images, projections of 1x1) and of
/// MobileNetV1-1.0 at 224x224 (Howard et al. 2017).
std::vector<BenchLayers> bench_layers(std::int64_t batch);

/// One layer in another library, its weights already as that wants them.
class LayerPeer {
 public:
  virtual ~LayerPeer() = default;
  virtual void run() = 0;
  virtual IntTensor result() const = 0;            ///< [n, oh, ow, cout].
  virtual std::string implementation() const = 0;  ///< What the library chose.
};

/// Throws SimulationError when the library refuses the layer.
using MakeLayerPeer = std::unique_ptr<LayerPeer> (*)(const BenchLayer& layer, const IntTensor& x,
                                                     const IntTensor& w);

}  // namespace systole
