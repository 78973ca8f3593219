// onnx_op_reader.cpp: reads the ops that came with ONNX networks from network.yaml.
#include <fmt/format.h>

#include "model/network/bundle_ops.h"
#include "model/network/tool_op_fields.h"
#include "model/network/tool_op_names.h"

namespace systole {
namespace {

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

constexpr ToolOp kOnnxOps[] = {{"requantise_blocks", read_requantise_blocks},
                               {"split", read_split},
                               {"join_sums", read_join_sums}};

}  // namespace

std::span<const ToolOp> onnx_ops() { return kOnnxOps; }

}  // namespace systole
