// int_op_reader.cpp: reads integer ops from network.yaml.
#include <fmt/format.h>

#include <array>
#include <limits>

#include "model/network/bundle_ops.h"
#include "model/network/kinds.h"
#include "model/network/op_name.h"
#include "model/network/quant_fields.h"
#include "model/network/quantization.h"

namespace systole {
namespace {

constexpr IntRange kWeights = {-256, 255};         // 9 bits signed.
constexpr IntRange kZeroPoints = {-65536, 65535};  // 17 bits signed.

std::int32_t zero_point(const OpFields& fields, std::string_view key) {
  return static_cast<std::int32_t>(fields.integer_or(key, 0, kZeroPoints));
}

IntOp read_conv2d(const OpFields& fields, Quantization&) {
  fields.expect_keys(
      {"weight", "stride", "padding", "dilation", "groups", "pad_value", "input_zero_point"});
  IntConv2d op{.params = {}, .weight = fields.integers("weight", 4, kWeights)};
  op.params = fields.conv2d(op.weight.shape);
  op.params.pad_value = zero_point(fields, "pad_value");
  op.input_zero_point = zero_point(fields, "input_zero_point");
  return op;
}

IntOp read_matmul(const OpFields& fields, Quantization&) {
  fields.expect_keys({"weight", "input_zero_point"});
  return IntMatmul{.weight = fields.integers("weight", 2, kWeights),
                   .input_zero_point = zero_point(fields, "input_zero_point")};
}

IntOp read_mul_shift(const OpFields& fields, Quantization&) {
  fields.expect_keys({"scale", "bias", "shift"});
  return MulShift{.channels = read_channels(fields)};
}

IntOp read_mul_quant(const OpFields& fields, Quantization& output) {
  const bool has_residual = fields.operand_count() > 1;
  std::vector<std::string> keys = quant_keys(has_residual);
  keys.emplace_back("tokens");
  fields.expect_keys(keys);
  MulQuant quant = read_quant(fields, has_residual, output);
  quant.tokens = read_tokens(fields);
  return quant;
}

IntOp read_add(const OpFields& fields, Quantization& output) {
  fields.expect_keys(quant_keys(true));
  return IntAdd{.quant = read_quant(fields, true, output)};
}

IntOp read_relu(const OpFields& fields, Quantization&) {
  fields.expect_keys({"zero_point"});
  return IntRelu{.zero_point = zero_point(fields, "zero_point")};
}

IntOp read_max_pool(const OpFields& fields, Quantization&) {
  fields.expect_keys({"kernel", "stride", "padding", "dilation"});
  return IntMaxPool{.window = fields.pool_window()};
}

IntOp read_sum_pool(const OpFields& fields, Quantization&) {
  fields.expect_keys({"kernel", "stride", "padding", "dilation", "zero_point"});
  return IntSumPool{.window = fields.pool_window(), .zero_point = zero_point(fields, "zero_point")};
}

/// Constants [counts], one for all channels, beside the list `counts`.
IntOp read_avg_pool(const OpFields& fields, Quantization& output) {
  fields.expect_keys({"kernel", "stride", "padding", "dilation", "input_zero_point", "counts",
                      "scale", "bias", "shift", "rounding", "zero_point", "zero_point_form",
                      "clamp", "type", "real_scale"});
  IntAvgPool op{.window = fields.pool_window(),
                .zero_point = zero_point(fields, "input_zero_point"),
                .quant_by_count = {}};
  const MulQuant attributes = read_quant_attributes(fields, output);
  const std::vector<MulQuantChannel> constants = read_channels(fields);
  const std::vector<Value> counts = fields.yaml().get("counts").items();
  if (counts.size() != constants.size())
    throw fields.error("counts", fmt::format("{} counts", counts.size()),
                       fmt::format("{}, one per value of scale", constants.size()));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const int count = static_cast<int>(counts[i].as_int(1, std::numeric_limits<int>::max()));
    MulQuant quant = attributes;
    quant.channels = {constants[i]};
    if (!op.quant_by_count.emplace(count, quant).second)
      throw counts[i].error("counts that differ");
  }
  return op;
}

template <class Op>
IntOp read_plain(const OpFields& fields, Quantization&) {
  fields.expect_keys({});
  return Op{};
}

using Reader = IntOp (*)(const OpFields&, Quantization&);

struct NamedReader {
  std::string_view name;
  IntOp (*read)(const OpFields&, Quantization&);
};

constexpr NamedReader kReaders[] = {{"int_conv2d", read_conv2d},
                                    {"int_matmul", read_matmul},
                                    {"mul_shift", read_mul_shift},
                                    {"mul_quant", read_mul_quant},
                                    {"add", read_add},
                                    {"relu", read_relu},
                                    {"max_pool", read_max_pool},
                                    {"int_sum_pool", read_sum_pool},
                                    {"avg_pool", read_avg_pool},
                                    {"concat", read_plain<IntConcat>},
                                    {"flatten", read_plain<IntFlatten>}};

/// The op of any name that a bundle may hold: ours, another tool's, or a float island.
IntOp read_any(const OpFields& fields, const Quantization& operand, Quantization& output) {
  constexpr std::size_t kOurs = std::size(kReaders);
  std::vector<ToolOp> tools;
  for (const auto& ops : {tool_ops(), onnx_ops(), integer_onnx_ops(), transformer_ops()})
    tools.insert(tools.end(), ops.begin(), ops.end());
  std::vector<std::string> names;
  for (const NamedReader& reader : kReaders) names.emplace_back(reader.name);
  for (const ToolOp& tool : tools) names.emplace_back(tool.name);
  std::vector<FloatOpReader> islands;
  for (const auto& ops : {float_ops(), float_transformer_ops()})
    islands.insert(islands.end(), ops.begin(), ops.end());
  for (const FloatOpReader& island : islands) names.push_back(fmt::format("float_{}", island.name));
  const std::size_t choice = fields.yaml().get("op").as_choice(names);
  if (choice < kOurs) return kReaders[choice].read(fields, output);
  if (choice < kOurs + tools.size()) return tools[choice - kOurs].read(fields, operand, output);
  return FloatIsland{.op = islands[choice - kOurs - tools.size()].read(fields)};
}

/// What an op puts beside its operand's codes must be one, too.
void expect_code(const OpFields& fields, std::string_view key, std::int32_t value,
                 const Quantization& operand) {
  const IntRange codes = operand.type.range();
  if (!codes.contains(value))
    throw fields.error(key, fmt::format("{}", value),
                       fmt::format("a code of the operand, in [{}, {}] of {}", codes.lo, codes.hi,
                                   to_string(operand.type)));
}

}  // namespace

void read_op(const OpFields& fields, const std::vector<Meaning>& operands, IntNode& node) {
  Quantization declared;
  std::vector<Quantization> quantizations;
  std::vector<bool> operands_real;
  for (const Meaning& operand : operands) {
    quantizations.push_back(operand.quantization);
    operands_real.push_back(operand.is_float);
  }
  node.op = read_any(fields, quantizations.at(0), declared);
  check_kinds(fmt::format("{} ({})", node.name, op_name(node.op)), node.op, operands_real,
              fields.yaml().location());
  node.output = output_quantization(node.op, quantizations, declared);
  node.is_float = gives_reals(node.op, operands_real);
  if (const auto* relu = std::get_if<IntRelu>(&node.op))
    expect_code(fields, "zero_point", relu->zero_point, node.output);
  if (const auto* pad = std::get_if<Pad>(&node.op); pad && !node.is_float)
    expect_code(fields, "value", pad->value, node.output);
}

}  // namespace systole
