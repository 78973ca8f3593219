// smoothing.h: small networks that SmoothQuant changes, and what must then hold.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "model/network/execute.h"
#include "model/quant/smooth_quant.h"
#include "tests/unit/model/quant/rounding_cases.h"

namespace systole {

/// The largest magnitudes of the inputs of these ops.
inline ChannelMaxima maxima_of(const FloatNetwork& network, const FloatTensors& inputs,
                               const std::vector<std::string>& ops) {
  FloatTensors tensors = inputs;
  run_float(network, inputs,
            [&](const FloatNode& node, const FloatTensor& output) { tensors[node.name] = output; });
  ChannelMaxima maxima;
  for (const FloatNode& node : network.nodes)
    if (std::ranges::find(ops, node.name) != ops.end())
      observe_channels(maxima, node.name, tensors.at(node.inputs[0]));
  return maxima;
}

/// A network on an input "x" and what is asked of it.
class Smoothing {
 public:
  explicit Smoothing(const Shape& input) : x_(normal_tensor(batch_of(input), generator_)) {
    for (std::int64_t i = 0; i < x_.size(); ++i)  // Channels of unlike width.
      x_[i] *= static_cast<float>(1 + 7 * (i % x_.channels()));
    network_.name = "net";
    network_.inputs = {{.name = "x", .shape = input}};
  }

  Smoothing& add(const std::string& name, const std::vector<std::string>& inputs, FloatOp op) {
    network_.nodes.push_back({.name = name, .inputs = inputs, .op = std::move(op)});
    network_.outputs = {name};
    return *this;
  }
  Smoothing& output(const std::string& name) {
    network_.outputs.push_back(name);
    return *this;
  }

  Conv2d conv(const Shape& weight, std::int64_t groups = 1) {
    Conv2d op = {.params = {.window = {.kernel = {weight[0], weight[1]}, .padding = {1, 1, 1, 1}},
                            .groups = groups},
                 .weight = normal_tensor(weight, generator_),
                 .bias = normal_tensor({weight[3]}, generator_)};
    return op;
  }
  Linear linear(const Shape& weight) {
    return {normal_tensor(weight, generator_), normal_tensor({weight[1]}, generator_)};
  }
  BatchNorm norm(std::int64_t channels) {
    BatchNorm op = {.gamma = normal_tensor({channels}, generator_, 5),
                    .beta = normal_tensor({channels}, generator_),
                    .mean = normal_tensor({channels}, generator_),
                    .variance = FloatTensor({channels}, 2.0F)};
    return op;
  }

  /// Smooths `ops` and expects the same outputs, inputs of the ops that are divided by the factors,
  /// and factors of their definition where an op shares them with no other.
  SmoothedNetwork smoothed(const std::vector<std::string>& ops, SmoothOptions options = {}) const {
    const FloatTensors inputs = {{"x", x_}};
    const ChannelMaxima before = maxima_of(network_, inputs, ops);
    SmoothedNetwork result = smooth(network_, before, options);
    expect_equal(run_float(network_, inputs), run_float(result.network, inputs));

    const ChannelMaxima after = maxima_of(result.network, inputs, ops);
    EXPECT_EQ(result.ops.size(), ops.size());
    for (const SmoothedOp& op : result.ops)
      for (std::size_t j = 0; j < op.factors.size(); ++j)
        EXPECT_NEAR(after.at(op.op)[j] * op.factors[j], before.at(op.op)[j],
                    1e-5 * before.at(op.op)[j] + 1e-6)
            << op.op << " channel " << j;
    return result;
  }

  FloatTensors inputs() const { return {{"x", x_}}; }
  const FloatNetwork& network() const { return network_; }

 private:
  static Shape batch_of(Shape shape) {
    shape.insert(shape.begin(), 3);
    return shape;
  }
  static void expect_equal(const FloatTensors& expected, const FloatTensors& got) {
    for (const auto& [name, tensor] : expected) {
      float largest = 0;
      for (const float value : tensor.data) largest = std::max(largest, std::abs(value));
      for (std::int64_t i = 0; i < tensor.size(); ++i)
        EXPECT_NEAR(got.at(name)[i], tensor[i], 3e-6 * static_cast<double>(largest))
            << name << " element " << i;
    }
  }

  std::mt19937 generator_{71};
  FloatTensor x_;
  FloatNetwork network_;
};

/// Expects that `op` was divided by `divided_by`, folded or not.
inline void expect_place(const SmoothedNetwork& smoothed, const std::string& op,
                         const std::string& divided_by, bool is_folded) {
  for (const SmoothedOp& each : smoothed.ops) {
    if (each.op != op) continue;
    EXPECT_EQ(each.divided_by, divided_by);
    EXPECT_EQ(each.is_folded, is_folded);
    EXPECT_LT(each.least(), each.largest());
    return;
  }
  ADD_FAILURE() << op << " is not in the report";
}

}  // namespace systole
