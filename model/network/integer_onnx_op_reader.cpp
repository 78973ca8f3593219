// integer_onnx_op_reader.cpp: reads the ops of integer ONNX networks from network.yaml.
#include <fmt/format.h>

#include <limits>

#include "model/network/bundle_ops.h"
#include "model/network/quant_fields.h"

namespace systole {
namespace {

constexpr IntRange kInt32 = {std::numeric_limits<std::int32_t>::min(),
                             std::numeric_limits<std::int32_t>::max()};

IntOp read_i_layer_norm(const OpFields& fields, const Quantization&, Quantization& output) {
  fields.expect_keys({"weight", "bias", "shift", "clamp", "type", "real_scale"});
  output = read_output(fields);
  return ILayerNorm{.weight = fields.integers("weight", 1, kInt32),
                    .bias = fields.integers("bias", 1, kInt32),
                    .shift = static_cast<int>(fields.yaml().get("shift").as_int(0, 62)),
                    .clamp = read_clamp(fields, "clamp", output.type)};
}

IntOp read_ita_max(const OpFields& fields, const Quantization&, Quantization& output) {
  fields.expect_keys({"bits", "type", "real_scale"});
  output = read_output(fields);
  const ItaMax op{.bits = static_cast<int>(fields.yaml().get("bits").as_int(1, 16))};
  const IntRange codes = ita_max_range(op);
  if (!output.type.range().contains(codes.hi) || !output.type.range().contains(codes.lo))
    throw fields.error("type", to_string(output.type),
                       fmt::format("one that holds [{}, {}]", codes.lo, codes.hi));
  return op;
}

IntOp read_i_gelu(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({"b", "one"});
  return IGelu{.b = static_cast<std::int32_t>(fields.yaml().get("b").as_int(-65536, 0)),
               .one = static_cast<std::int32_t>(fields.yaml().get("one").as_int(0, kInt32.hi))};
}

IntOp read_integer_mean(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({"axes", "keep_axes"});
  IntegerMean op;
  const Value axes = fields.yaml().get("axes");
  for (const Value& axis : axes.items()) {
    const int least = op.axes.empty() ? 0 : op.axes.back() + 1;
    op.axes.push_back(static_cast<int>(axis.as_int(least, 4)));
  }
  if (op.axes.empty()) throw axes.error("at least one axis");
  const auto keep = fields.yaml().find("keep_axes");
  op.keep_axes = keep && keep->as_bool();
  return op;
}

constexpr ToolOp kIntegerOnnxOps[] = {{"i_layer_norm", read_i_layer_norm},
                                      {"ita_max", read_ita_max},
                                      {"i_gelu", read_i_gelu},
                                      {"integer_mean", read_integer_mean}};

}  // namespace

std::span<const ToolOp> integer_onnx_ops() { return kIntegerOnnxOps; }

}  // namespace systole
