// float_shapes.cpp: the shapes that float ops give.
#include <fmt/format.h>

#include "model/network/overloaded.h"
#include "model/network/shape_rules.h"

namespace systole {

Shape apply_rules(const ShapeRules& rules, const FloatOp& op) {
  const auto per_channel = [&](const auto& norm) {
    const Shape shape = rules.same();
    if (shape.back() != norm.gamma.size())
      throw rules.error(fmt::format("input {}", to_string(shape)),
                        fmt::format("{} channels, as gamma has", norm.gamma.size()));
    return shape;
  };
  return std::visit(
      Overloaded{[&](const Conv2d& conv) {
                   return rules.conv2d(conv.params.window, conv.params.groups, conv.weight.shape);
                 },
                 [&](const Linear& linear) { return rules.matmul(linear.weight.shape); },
                 [&](const BatchNorm& norm) { return per_channel(norm); },
                 [&](const LayerNorm& norm) { return per_channel(norm); },
                 [&](const Relu&) { return rules.same(); },
                 [&](const Add&) { return rules.elementwise_pair(); },
                 [&](const MaxPool& pool) { return rules.pool(pool.window); },
                 [&](const AvgPool& pool) { return rules.pool(pool.window); },
                 [&](const GlobalAvgPool&) { return rules.global_pool(); },
                 [&](const Concat&) { return rules.concat(); },
                 [&](const Flatten&) { return rules.flatten(); },
                 [&](const Pad& pad) { return rules.pad(pad.amounts); },
                 [&](const Identity&) { return rules.same(); },
                 [&](const Dropout&) { return rules.same(); },
                 [&](const Reshape& reshape) { return rules.reshape(reshape.shape); },
                 [&](const Transpose& transpose) { return rules.transpose(transpose.order); },
                 [&](const Slice& slice) { return rules.slice(slice.axes); },
                 [&](const Roll& roll) { return rules.roll(roll.shift); },
                 [&](const BatchMatmul& matmul) {
                   return rules.batch_matmul(matmul.transpose_a, matmul.transpose_b);
                 },
                 [&](const Scale&) { return rules.same(); },
                 [&](const Softmax&) { return rules.same(); },
                 [&](const Gelu&) { return rules.same(); },
                 [&](const Tanh&) { return rules.same(); },
                 [&](const AddConstant& add) {
                   rules.expect_operands(1, 1);
                   return rules.add_constant(add.value.shape, "value");
                 },
                 [&](const ClassToken& token) { return rules.class_token(token.value.shape); },
                 [&](const Embedding& embedding) { return rules.embedding(embedding.table.shape); },
                 [&](const MaskScores&) { return rules.mask_scores(); }},
      op);
}

}  // namespace systole
