// float_transformer_reader.cpp: reads the float ops of transformers from network.yaml.
#include <fmt/format.h>

#include <cmath>

#include "model/network/bundle_ops.h"
#include "model/network/movement_fields.h"
#include "model/network/tool_op_fields.h"

namespace systole {
namespace {

FloatOp read_batch_matmul(const OpFields& fields) {
  fields.expect_keys({"transpose_a", "transpose_b"});
  return BatchMatmul{.transpose_a = read_flag(fields, "transpose_a"),
                     .transpose_b = read_flag(fields, "transpose_b")};
}

FloatOp read_scale_op(const OpFields& fields) {
  fields.expect_keys({"factor"});
  const Value factor = fields.yaml().get("factor");
  const Scale op{.factor = static_cast<float>(factor.as_real())};
  if (!std::isnormal(op.factor)) throw factor.error("a normal number of single precision");
  return op;
}

FloatOp read_gelu(const OpFields& fields) {
  fields.expect_keys({"form"});
  const auto form = fields.yaml().find("form");
  return Gelu{.form =
                  form ? static_cast<GeluForm>(form->as_choice(kGeluFormNames)) : GeluForm::kErf};
}

FloatOp read_add_constant(const OpFields& fields) {
  fields.expect_keys({"value"});
  return AddConstant{.value = fields.floats("value")};
}

FloatOp read_class_token(const OpFields& fields) {
  fields.expect_keys({"value"});
  return ClassToken{.value = fields.floats("value", 2)};
}

FloatOp read_embedding(const OpFields& fields) {
  fields.expect_keys({"table"});
  return Embedding{.table = fields.floats("table", 2)};
}

FloatOp read_mask_scores(const OpFields& fields) {
  fields.expect_keys({"value"});
  MaskScores op;
  if (const auto value = fields.yaml().find("value")) {
    op.value = static_cast<float>(value->as_real());
    if (!std::isfinite(op.value) || op.value >= 0)
      throw value->error("a number below 0 that float32 holds");
  }
  return op;
}

template <class Op>
FloatOp read_bare(const OpFields& fields) {
  fields.expect_keys({});
  return Op{};
}

template <auto kRead>
FloatOp read_float_movement(const OpFields& fields) {
  return kRead(fields);
}

constexpr FloatOpReader kTransformerOps[] = {
    {"batch_matmul", read_batch_matmul}, {"scale", read_scale_op},
    {"softmax", read_bare<Softmax>},     {"gelu", read_gelu},
    {"tanh", read_bare<Tanh>},           {"add_constant", read_add_constant},
    {"class_token", read_class_token},   {"embedding", read_embedding},
    {"mask_scores", read_mask_scores}};
constexpr FloatOpReader kMovements[] = {{"reshape", read_float_movement<read_reshape>},
                                        {"transpose", read_float_movement<read_transpose>},
                                        {"slice", read_float_movement<read_slice>},
                                        {"roll", read_float_movement<read_roll>}};

}  // namespace

std::span<const FloatOpReader> float_transformer_ops() { return kTransformerOps; }
std::span<const FloatOpReader> float_movements() { return kMovements; }

}  // namespace systole
