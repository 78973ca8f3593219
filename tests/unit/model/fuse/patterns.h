// patterns.h: small float networks of chosen ops, and what fusion makes of them.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "model/fuse/encode.h"
#include "model/fuse/fuse.h"
#include "model/network/execute.h"
#include "model/network/op_name.h"
#include "model/quant/paths.h"
#include "tests/unit/model/network/describe.h"

namespace systole {

/// Seeded floats in [-1, 1).
inline FloatTensor random_floats(Shape shape, std::uint32_t seed) {
  std::mt19937 generator(seed);
  FloatTensor tensor(std::move(shape));
  for (float& value : tensor.data) value = static_cast<float>(generator() >> 20) / 2048.0F - 1.0F;
  return tensor;
}

/// A float network on 5x5x4 images of uint8 codes with zero point 128, and 6 samples.
struct Pattern {
  FloatNetwork network;
  AnyTensors codes;

  Pattern() {
    network.name = "pattern";
    network.inputs = {
        {.name = "image",
         .shape = {5, 5, 4},
         .quantization = {.scale = 1.0 / 128, .zero_point = 128, .type = {8, false}}}};
    std::mt19937 generator(99);
    IntTensor images({6, 5, 5, 4});
    for (std::int32_t& code : images.data) code = static_cast<std::int32_t>(generator() >> 24);
    codes["image"] = images;
  }

  Pattern& add(const std::string& name, std::vector<std::string> inputs, FloatOp op) {
    network.nodes.push_back({.name = name, .inputs = std::move(inputs), .op = std::move(op)});
    network.outputs = {name};
    return *this;
  }
  /// 3x3, padded, 4 -> 4 channels.
  Pattern& conv(const std::string& name, const std::string& input, std::uint32_t seed) {
    Conv2d op{.params = {}, .weight = random_floats({3, 3, 4, 4}, seed), .bias = {}};
    op.params.window = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}};
    return add(name, {input}, std::move(op));
  }
  Pattern& norm(const std::string& name, const std::string& input, std::uint32_t seed) {
    BatchNorm op{.gamma = random_floats({4}, seed),
                 .beta = random_floats({4}, seed + 1),
                 .mean = random_floats({4}, seed + 2),
                 .variance = FloatTensor({4}, {0.25F, 1.0F, 2.0F, 4.0F})};
    return add(name, {input}, std::move(op));
  }

  EncodedNetwork encoded(const Recipe& recipe = {}) const {
    return encode(network, recipe, samples_of(codes));
  }
  FusedNetwork fused(const Recipe& recipe = {}) const {
    return fuse(encoded(recipe), {recipe.rounding, recipe.scale});
  }
  PathComparison compared(const Recipe& recipe = {}) const {
    const EncodedNetwork both = encoded(recipe);
    const FusedNetwork integers = fuse(both, {recipe.rounding, recipe.scale});
    return compare_paths({both, &integers.network, integers.float_names}, samples_of(codes));
  }
};

/// The quantizer of a tensor with this range, whose largest magnitude is a code.
inline Encoding covering(const std::string& name, const RealRange& range, const IntFormat& format) {
  return encode_ranges(name, {.format = format}, Tensor<RealRange>({}, {range}),
                       Arithmetic::kDouble, SymmetricFit::kHighEnd);
}

/// The default recipe with other activations.
inline Recipe affine_recipe(bool is_affine = true) {
  Recipe recipe;
  recipe.activations.is_symmetric = !is_affine;
  return recipe;
}

inline MulQuant quant_of(const FusedNetwork& fused, const std::string& name) {
  return std::get<MulQuant>(find_node(fused.network, name).op);
}

/// Every op of the integer path stays this close to the float path, with both schemes.
inline void expect_close(const Pattern& pattern, double least_db) {
  for (const bool is_affine : {false, true}) {
    const PathComparison paths = pattern.compared(affine_recipe(is_affine));
    EXPECT_FALSE(paths.ops.empty());
    for (const PathDifference& op : paths.ops)
      EXPECT_GT(sqnr_db(op.integer_to_float), least_db) << op.op << " affine " << is_affine;
  }
}

}  // namespace systole
