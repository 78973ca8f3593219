// float_op_reader.cpp: reads float ops from network.yaml.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/network/bundle_ops.h"

namespace systole {
namespace {

void expect_length(const OpFields& fields, std::string_view key, const FloatTensor& tensor,
                   std::int64_t length) {
  if (!tensor.shape.empty() && tensor.shape[0] != length)
    throw fields.error(key, to_string(tensor.shape), fmt::format("[{}], one per channel", length));
}

FloatOp read_conv2d(const OpFields& fields) {
  fields.expect_keys({"weight", "bias", "stride", "padding", "dilation", "groups"});
  Conv2d op;
  op.weight = fields.floats("weight", 4);
  op.params = fields.conv2d(op.weight.shape);
  op.bias = fields.optional_floats("bias", 1);
  expect_length(fields, "bias", op.bias, op.weight.channels());
  return op;
}

FloatOp read_linear(const OpFields& fields) {
  fields.expect_keys({"weight", "bias"});
  Linear op{.weight = fields.floats("weight", 2), .bias = fields.optional_floats("bias", 1)};
  expect_length(fields, "bias", op.bias, op.weight.channels());
  return op;
}

FloatOp read_batch_norm(const OpFields& fields) {
  fields.expect_keys({"gamma", "beta", "mean", "variance", "epsilon"});
  BatchNorm op{.gamma = fields.floats("gamma", 1),
               .beta = fields.floats("beta", 1),
               .mean = fields.floats("mean", 1),
               .variance = fields.floats("variance", 1)};
  expect_length(fields, "beta", op.beta, op.gamma.size());
  expect_length(fields, "mean", op.mean, op.gamma.size());
  expect_length(fields, "variance", op.variance, op.gamma.size());
  if (const auto epsilon = fields.yaml().find("epsilon"))
    op.epsilon = static_cast<float>(epsilon->as_real(0.0, 1.0));
  const float least = *std::min_element(op.variance.data.begin(), op.variance.data.end());
  if (!(least + op.epsilon > 0.0F) || least < 0.0F)
    throw fields.error("variance", fmt::format("{}", least), "values >= 0, and > 0 with epsilon");
  return op;
}

FloatOp read_avg_pool(const OpFields& fields) {
  fields.expect_keys({"kernel", "stride", "padding", "dilation", "count_include_pad"});
  return AvgPool{.window = fields.pool_window(),
                 .count_include_pad = fields.yaml().get("count_include_pad").as_bool()};
}

FloatOp read_max_pool(const OpFields& fields) {
  fields.expect_keys({"kernel", "stride", "padding", "dilation"});
  return MaxPool{.window = fields.pool_window()};
}

FloatOp read_relu(const OpFields& fields) {
  fields.expect_keys({"max"});
  Relu op;
  if (const auto max = fields.yaml().find("max")) {
    op.max = static_cast<float>(max->as_real());
    if (!(op.max > 0.0F) || std::isinf(op.max))
      throw max->error("a number above 0 that float32 holds",
                       "without this key a ReLU has no maximum");
  }
  return op;
}

FloatOp read_pad(const OpFields& fields) {
  fields.expect_keys({"amounts"});
  return Pad{.amounts = fields.amounts()};
}

FloatOp read_dropout(const OpFields& fields) {
  fields.expect_keys({"rate"});
  const Value rate = fields.yaml().get("rate");
  const Dropout op{.rate = static_cast<float>(rate.as_real())};
  if (!(op.rate >= 0.0F && op.rate < 1.0F)) throw rate.error("a number in [0, 1)");
  return op;
}

FloatOp read_layer_norm(const OpFields& fields) {
  fields.expect_keys({"gamma", "beta", "epsilon"});
  LayerNorm op{.gamma = fields.floats("gamma", 1), .beta = fields.floats("beta", 1)};
  expect_length(fields, "beta", op.beta, op.gamma.size());
  if (const auto epsilon = fields.yaml().find("epsilon"))
    op.epsilon = static_cast<float>(epsilon->as_real(0.0, 1.0));
  return op;
}

template <class Op>
FloatOp read_plain(const OpFields& fields) {
  fields.expect_keys({});
  return Op{};
}

constexpr FloatOpReader kFloatOps[] = {{"conv2d", read_conv2d},
                                       {"linear", read_linear},
                                       {"batch_norm", read_batch_norm},
                                       {"relu", read_relu},
                                       {"add", read_plain<Add>},
                                       {"max_pool", read_max_pool},
                                       {"avg_pool", read_avg_pool},
                                       {"global_avg_pool", read_plain<GlobalAvgPool>},
                                       {"concat", read_plain<Concat>},
                                       {"flatten", read_plain<Flatten>},
                                       {"pad", read_pad},
                                       {"identity", read_plain<Identity>},
                                       {"dropout", read_dropout},
                                       {"layer_norm", read_layer_norm}};

}  // namespace

void read_op(const OpFields& fields, const std::vector<Meaning>&, FloatNode& node) {
  std::vector<FloatOpReader> ops;
  std::vector<std::string> names;
  for (const auto& some : {float_ops(), float_transformer_ops(), float_movements()})
    ops.insert(ops.end(), some.begin(), some.end());
  for (const FloatOpReader& op : ops) names.emplace_back(op.name);
  node.op = ops[fields.yaml().get("op").as_choice(names)].read(fields);
}

std::span<const FloatOpReader> float_ops() { return kFloatOps; }

}  // namespace systole
