// bench_layers.cpp: the shapes of two networks.
#include "flows/cli/bench_layers.h"

#include <fmt/format.h>

namespace systole {
namespace {

constexpr std::array<std::int64_t, 4> kAround = {1, 1, 1, 1};
constexpr std::array<std::int64_t, 4> kBelow = {0, 0, 1, 1};  // SAME, where a stride of 2 halves.

BenchLayer conv(int count, std::int64_t extent, std::int64_t cin, std::int64_t cout,
                std::int64_t kernel, std::int64_t stride, std::array<std::int64_t, 4> padding) {
  BenchLayer layer{.count = count, .height = extent, .width = extent, .cin = cin, .cout = cout};
  layer.params.window = {.kernel = {kernel, kernel}, .stride = {stride, stride}};
  if (kernel > 1) layer.params.window.padding = padding;
  return layer;
}

BenchLayer linear(std::int64_t cin, std::int64_t cout) { return {.cin = cin, .cout = cout}; }

BenchLayers resnet20() {
  BenchLayers net{"ResNet-20",
                  {conv(1, 32, 3, 16, 3, 1, kAround), conv(6, 32, 16, 16, 3, 1, kAround)}};
  for (const std::int64_t c : {16, 32}) {
    const std::int64_t extent = 512 / c;
    net.layers.push_back(conv(1, extent, c, 2 * c, 3, 2, kAround));
    net.layers.push_back(conv(1, extent, c, 2 * c, 1, 2, kAround));
    net.layers.push_back(conv(5, extent / 2, 2 * c, 2 * c, 3, 1, kAround));
  }
  net.layers.push_back(linear(64, 10));
  return net;
}

/// A depthwise layer and the pointwise one that follows it.
void separable(BenchLayers& net, int count, std::int64_t extent, std::int64_t cin,
               std::int64_t cout, std::int64_t stride) {
  BenchLayer depthwise = conv(count, extent, cin, cin, 3, stride, stride == 1 ? kAround : kBelow);
  depthwise.params.groups = cin;
  net.layers.push_back(depthwise);
  net.layers.push_back(conv(count, extent / stride, cin, cout, 1, 1, {}));
}

BenchLayers mobilenet() {
  BenchLayers net{"MobileNetV1-1.0", {conv(1, 224, 3, 32, 3, 2, kBelow)}};
  separable(net, 1, 112, 32, 64, 1);
  separable(net, 1, 112, 64, 128, 2);
  separable(net, 1, 56, 128, 128, 1);
  separable(net, 1, 56, 128, 256, 2);
  separable(net, 1, 28, 256, 256, 1);
  separable(net, 1, 28, 256, 512, 2);
  separable(net, 5, 14, 512, 512, 1);
  separable(net, 1, 14, 512, 1024, 2);
  separable(net, 1, 7, 1024, 1024, 1);
  net.layers.push_back(linear(1024, 1000));
  return net;
}

}  // namespace

std::string to_string(const BenchLayer& layer) {
  if (layer.is_linear()) return fmt::format("linear {} -> {}", layer.cin, layer.cout);
  const Window& window = layer.params.window;
  return fmt::format("{}x{}x{} -> {}, {}x{}{}{}", layer.height, layer.width, layer.cin, layer.cout,
                     window.kernel[0], window.kernel[1],
                     window.stride[0] > 1 ? fmt::format(" s{}", window.stride[0]) : "",
                     layer.params.groups > 1 ? " depthwise" : "");
}

std::vector<BenchLayers> bench_layers(std::int64_t batch) {
  std::vector<BenchLayers> networks = {resnet20(), mobilenet()};
  for (BenchLayers& network : networks)
    for (BenchLayer& layer : network.layers) layer.batch = batch;
  return networks;
}

}  // namespace systole
