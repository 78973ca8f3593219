// run_float_op.cpp: a float op on its operands.
#include "model/network/run_float_op.h"

#include <fmt/format.h>

#include <optional>

#include "model/config/error.h"
#include "model/network/overloaded.h"
#include "model/ops/add.h"
#include "model/ops/add_constant.h"
#include "model/ops/batch_norm.h"
#include "model/ops/class_token.h"
#include "model/ops/concat.h"
#include "model/ops/embedding.h"
#include "model/ops/flatten.h"
#include "model/ops/float_batch_matmul.h"
#include "model/ops/float_conv2d.h"
#include "model/ops/float_linear.h"
#include "model/ops/float_pool.h"
#include "model/ops/layer_norm.h"
#include "model/ops/mask_scores.h"
#include "model/ops/max_pool.h"
#include "model/ops/pad.h"
#include "model/ops/relu.h"
#include "model/ops/reshape.h"
#include "model/ops/roll.h"
#include "model/ops/scale.h"
#include "model/ops/slice.h"
#include "model/ops/softmax.h"
#include "model/ops/tanh.h"
#include "model/ops/transpose.h"

namespace systole {
namespace {

/// Rows of the table; `name` is the op's.
FloatTensor embedded(const std::string& name, const FloatTensor& ids, const FloatTensor& table) {
  const std::int64_t rows = table.shape[0];
  if (const auto bad = first_bad_id(ids, rows))
    throw InputError(
        {.key = name + " (embedding)",
         .got = fmt::format("the id {} at {}", ids[*bad], to_string(unravel(*bad, ids.shape))),
         .expected = fmt::format("whole numbers from 0 to {}, the table's last row", rows - 1)});
  return embedding(ids, table);
}

}  // namespace

FloatTensor run_float_op(const std::string& name, const FloatOp& float_op,
                         const std::vector<const FloatTensor*>& operands) {
  const FloatTensor& x = *operands[0];
  return std::visit(
      Overloaded{
          [&](const Conv2d& op) { return float_conv2d(x, op.weight, op.bias, op.params); },
          [&](const Linear& op) { return float_linear(x, op.weight, op.bias); },
          [&](const BatchNorm& op) {
            return batch_norm(x, op.gamma, op.beta, op.mean, op.variance, op.epsilon);
          },
          [&](const Relu& op) { return relu(x, op.max); },
          [&](const Add&) { return add(x, *operands[1]); },
          [&](const MaxPool& op) { return max_pool(x, op.window); },
          [&](const AvgPool& op) { return float_avg_pool(x, op.window, op.count_include_pad); },
          [&](const GlobalAvgPool&) { return float_global_avg_pool(x); },
          [&](const Concat&) { return concat(operands); },
          [&](const Flatten&) { return flatten(x); },
          [&](const Pad& op) { return pad(x, op.amounts, 0.0F); },
          [&](const Identity&) { return x; },
          [&](const Dropout&) { return x; },
          [&](const LayerNorm& op) { return layer_norm(x, op.gamma, op.beta, op.epsilon); },
          [&](const Reshape& op) { return reshape(x, op.shape); },
          [&](const Transpose& op) { return transpose(x, op.order); },
          [&](const Slice& op) { return slice(x, op.axes); },
          [&](const Roll& op) { return roll(x, op.shift); },
          [&](const BatchMatmul& op) {
            return float_batch_matmul(x, *operands[1], op.transpose_a, op.transpose_b);
          },
          [&](const Scale& op) { return scale(x, op.factor); },
          [&](const Softmax&) { return softmax(x); },
          [&](const Gelu& op) { return gelu(x, op.form); },
          [&](const Tanh&) { return tanh_of(x); },
          [&](const AddConstant& op) { return add_constant(x, op.value); },
          [&](const ClassToken& op) { return class_token(x, op.value); },
          [&](const Embedding& op) { return embedded(name, x, op.table); },
          [&](const MaskScores& op) { return mask_scores(x, *operands[1], op.value); }},
      float_op);
}

}  // namespace systole
