// onnx_op_reader.cpp: reads the ops that came with ONNX networks from network.yaml.
#include <fmt/format.h>

#include "model/network/bundle_ops.h"
#include "model/network/tool_op_fields.h"
#include "model/network/tool_op_names.h"

namespace systole {
namespace {

std::vector<std::int64_t> integers(const OpFields& fields, std::string_view key, std::int64_t lo) {
  std::vector<std::int64_t> values;
  const Value value = fields.yaml().get(key);
  for (const Value& item : value.items()) values.push_back(item.as_int(lo, 1 << 20));
  return values;
}

IntOp read_transpose(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({"order"});
  return Transpose{.order = integers(fields, "order", 0)};
}

IntOp read_slice(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({"start", "count", "step"});
  const std::vector<std::int64_t> start = integers(fields, "start", 0);
  const std::vector<std::int64_t> count = integers(fields, "count", 1);
  const std::vector<std::int64_t> step =
      fields.has("step") ? integers(fields, "step", 1) : std::vector<std::int64_t>(start.size(), 1);
  if (count.size() != start.size() || step.size() != start.size())
    throw fields.error(count.size() != start.size() ? "count" : "step",
                       fmt::format("{} and {} values", count.size(), step.size()),
                       fmt::format("{}, as start has", start.size()));
  Slice op;
  for (std::size_t i = 0; i < start.size(); ++i)
    op.axes.push_back({.start = start[i], .count = count[i], .step = step[i]});
  return op;
}

IntOp read_requantise_blocks(const OpFields& fields, const Quantization&, Quantization& output) {
  fields.expect_keys({"blocks", "factor", "offset", "zero_point", "clamp", "type", "real_scale"});
  RequantiseBlocks op{.blocks = fields.yaml().get("blocks").as_int(1, 1 << 20),
                      .factors = fields.doubles("factor", 1).data};
  const std::int64_t count = std::ssize(op.factors);
  if (count % op.blocks != 0)
    throw fields.error("factor", fmt::format("{} values", count),
                       fmt::format("a multiple of {}, the number of blocks", op.blocks));
  if (fields.has("offset")) op.offsets = fields.doubles("offset", 1).data;
  op.clamp = read_codes(fields, output);
  op.zero_point = output.zero_point;
  return op;
}

IntOp read_split(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({"part", "zero_point"});
  return SplitCodes{
      .part = static_cast<CodePart>(fields.yaml().get("part").as_choice(kCodePartNames)),
      .zero_point = read_zero_point(fields, "zero_point")};
}

IntOp read_join_sums(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({});
  return JoinSums{};
}

constexpr ToolOp kOnnxOps[] = {{"transpose", read_transpose},
                               {"slice", read_slice},
                               {"requantise_blocks", read_requantise_blocks},
                               {"split", read_split},
                               {"join_sums", read_join_sums}};

}  // namespace

std::span<const ToolOp> onnx_ops() { return kOnnxOps; }

}  // namespace systole
