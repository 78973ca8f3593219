// onednn_layer.cpp: a layer of `systole bench --model` in oneDNN: NHWC codes of 8 bits to sums of
// 32, weights in the layout that it likes best.
#include <fmt/format.h>

#include <oneapi/dnnl/dnnl.hpp>

#include "flows/cli/bench_layers.h"
#include "sim/dut/error.h"

namespace systole {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

const dnnl::engine& engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

template <class Code>
void fill(memory& to, const std::vector<std::int32_t>& from) {
  auto* codes = static_cast<Code*>(to.get_data_handle());
  for (std::size_t i = 0; i < from.size(); ++i) codes[i] = static_cast<Code>(from[i]);
}

/// The tensors of a layer as oneDNN names their axes, and where ours have them.
struct Descriptors {
  memory::desc x, w, y;
};

Descriptors conv_descriptors(const BenchLayer& layer) {
  const std::int64_t g = layer.params.groups;
  const Shape y = layer.y_shape(), w = layer.w_shape();
  return {{{layer.batch, layer.cin, layer.height, layer.width}, Type::u8, Tag::nhwc},
          g == 1 ? memory::desc({layer.cout, layer.cin, w[0], w[1]}, Type::s8, Tag::hwio)
                 : memory::desc({g, layer.cout / g, layer.cin / g, w[0], w[1]}, Type::s8,
                                {layer.cout / g, 1, w[3], w[1] * w[2] * w[3], w[2] * w[3]}),
          {{y[0], y[3], y[1], y[2]}, Type::s32, Tag::nhwc}};
}

class OnednnLayer : public LayerPeer {
 public:
  OnednnLayer(const BenchLayer& layer, const IntTensor& x, const IntTensor& w)
      : y_shape_(layer.y_shape()), stream_(engine()) {
    if (layer.is_linear()) {
      const Descriptors plain = {{{layer.batch, layer.cin}, Type::u8, Tag::nc},
                                 {{layer.cout, layer.cin}, Type::s8, Tag::io},
                                 {{layer.batch, layer.cout}, Type::s32, Tag::nc}};
      const dnnl::inner_product_forward::desc desc(dnnl::prop_kind::forward_inference, plain.x,
                                                   any(plain.w), plain.y);
      prepare(dnnl::inner_product_forward::primitive_desc(desc, engine()), plain, x, w);
      return;
    }
    const Window& v = layer.params.window;
    const Descriptors plain = conv_descriptors(layer);
    const dnnl::convolution_forward::desc desc(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, plain.x,
        any(plain.w), plain.y, {v.stride[0], v.stride[1]}, {v.dilation[0] - 1, v.dilation[1] - 1},
        {v.padding[0], v.padding[1]}, {v.padding[2], v.padding[3]});
    prepare(dnnl::convolution_forward::primitive_desc(desc, engine()), plain, x, w);
  }

  void run() override {
    primitive_.execute(stream_, arguments_);
    stream_.wait();
  }

  IntTensor result() const override {
    const memory y = arguments_.at(DNNL_ARG_DST);
    IntTensor result(y_shape_);
    std::copy_n(static_cast<const std::int32_t*>(y.get_data_handle()), result.size(),
                result.data.begin());
    return result;
  }

  std::string implementation() const override { return implementation_; }

 private:
  static memory::desc any(const memory::desc& plain) {
    return {plain.dims(), plain.data_type(), Tag::any};
  }

  template <class PrimitiveDesc>
  void prepare(const PrimitiveDesc& desc, const Descriptors& plain, const IntTensor& x,
               const IntTensor& w) {
    memory from(plain.w, engine()), weights(desc.weights_desc(), engine());
    fill<std::int8_t>(from, w.data);
    dnnl::reorder(from, weights).execute(stream_, from, weights);
    memory input(plain.x, engine());
    fill<std::uint8_t>(input, x.data);
    stream_.wait();
    primitive_ = dnnl::primitive(desc);
    arguments_ = {{DNNL_ARG_SRC, input},
                  {DNNL_ARG_WEIGHTS, weights},
                  {DNNL_ARG_DST, memory(plain.y, engine())}};
    implementation_ = desc.impl_info_str();
  }

  Shape y_shape_;
  dnnl::stream stream_;
  dnnl::primitive primitive_;
  std::unordered_map<int, memory> arguments_;
  std::string implementation_;
};

}  // namespace
}  // namespace systole

extern "C" const char* systole_onednn_version() {
  static const std::string version = [] {
    const dnnl_version_t& v = *dnnl::version();
    return fmt::format("{}.{}.{}", v.major, v.minor, v.patch);
  }();
  return version.c_str();
}

extern "C" std::unique_ptr<systole::LayerPeer> systole_onednn_layer(
    const systole::BenchLayer& layer, const systole::IntTensor& x, const systole::IntTensor& w) {
  try {
    return std::make_unique<systole::OnednnLayer>(layer, x, w);
  } catch (const dnnl::error& error) {
    throw systole::SimulationError(to_string(layer) + ": oneDNN: " + error.what());
  }
}
