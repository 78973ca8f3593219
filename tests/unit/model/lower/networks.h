// networks.h: small networks in other tools' arithmetic, and what lowering makes of them.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "model/config/error.h"
#include "model/lower/lower.h"
#include "model/lower/report.h"
#include "model/network/execute.h"
#include "model/network/op_name.h"
#include "model/network/quantization.h"
#include "tests/unit/model/network/describe.h"

namespace systole {

inline constexpr IntType kInt8 = {.bits = 8};

/// Seeded codes in [lo, hi].
inline IntTensor random_codes(Shape shape, std::int32_t lo, std::int32_t hi, std::uint32_t seed) {
  std::mt19937 generator(seed);
  IntTensor tensor(std::move(shape));
  for (std::int32_t& code : tensor.data)
    code = lo + static_cast<std::int32_t>(generator() % static_cast<std::uint32_t>(hi - lo + 1));
  return tensor;
}

inline Shape with_batch(std::int64_t count, const Shape& shape) {
  Shape result = {count};
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

/// A faithful network, built op by op; the last op is the output unless `network.outputs` is set.
struct Faithful {
  IntNetwork network;

  Faithful() { network.name = "faithful"; }

  Faithful& input(Shape shape, IntType type, std::int32_t zero_point = 0) {
    network.inputs.push_back({.name = "x",
                              .shape = std::move(shape),
                              .quantization = {.zero_point = zero_point, .type = type}});
    return *this;
  }
  Faithful& image(Shape shape) {
    network.inputs.push_back({.name = "x", .shape = std::move(shape), .is_float = true});
    return *this;
  }
  Faithful& add(const std::string& name, std::vector<std::string> inputs, IntOp op,
                Quantization output = kAccumulator) {
    network.nodes.push_back(
        {.name = name, .inputs = std::move(inputs), .op = std::move(op), .output = output});
    network.outputs = {name};
    return *this;
  }
  Faithful& real(const std::string& name, std::vector<std::string> inputs, IntOp op) {
    add(name, std::move(inputs), std::move(op), {});
    network.nodes.back().is_float = true;
    return *this;
  }
  /// Reals to uint8 codes, 1 / `factor` each.
  Faithful& quantizer(const std::string& name, const std::string& input, float factor,
                      std::int32_t zero_point = 0) {
    const QuantizeReal op{
        .factor = factor, .zero_point = zero_point, .range = {0, 255}, .subtract = true};
    return add(name, {input}, op,
               {.scale = 1.0 / static_cast<double>(factor), .type = {.bits = 9}});
  }

  /// 16 samples of every input: codes of the whole type, reals in [-4, 4).
  AnyTensors samples(std::uint32_t seed = 7) const {
    AnyTensors result;
    for (const NetworkInput& input : network.inputs) {
      const Shape shape = with_batch(16, input.shape);
      const IntRange range = input.quantization.type.range();
      if (!input.is_float) {
        result[input.name] = random_codes(shape, static_cast<std::int32_t>(range.lo),
                                          static_cast<std::int32_t>(range.hi), seed);
        continue;
      }
      const IntTensor codes = random_codes(shape, -4096, 4095, seed);
      FloatTensor reals(shape);
      for (std::int64_t i = 0; i < reals.size(); ++i)
        reals[i] = static_cast<float>(codes[i]) / 1024.0F;
      result[input.name] = std::move(reals);
    }
    return result;
  }
  Lowered lowered(const LowerOptions& options = {}) const {
    return lower(network, options, measure_peaks(network, samples()));
  }
  LowerReport report(const LowerOptions& options = {}) const {
    return compare_lowered(network, lowered(options), samples());
  }
};

inline MulQuant quant_of(const Lowered& lowered, const std::string& name) {
  return std::get<MulQuant>(find_node(lowered.network, name).op);
}

/// Every op was compared, and none differs by more than `largest`.
inline void expect_within(const LowerReport& report, std::int64_t largest) {
  EXPECT_FALSE(report.ops.empty());
  for (const LoweredOp& op : report.ops) {
    EXPECT_GT(op.compared, 0) << op.op;
    EXPECT_LE(op.largest, largest) << op.op << ": " << op.differing << " of " << op.compared;
  }
}

inline std::int64_t differing(const LowerReport& report) {
  std::int64_t sum = 0;
  for (const LoweredOp& op : report.ops) sum += op.differing;
  return sum;
}

/// 3x3, padded by 1 with `zero_point`, from 2 to `weight.channels()` channels.
inline IntConv2d padded_conv(IntTensor weight, std::int32_t zero_point) {
  return {
      .params = {.window = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}}, .pad_value = zero_point},
      .weight = std::move(weight),
      .input_zero_point = zero_point};
}

}  // namespace systole
