// fuse_tokens.cpp: codes with a scale per token, and movements of codes.
#include <fmt/format.h>

#include <algorithm>

#include "model/config/error.h"
#include "model/fuse/fuser.h"
#include "model/network/overloaded.h"

namespace systole {
namespace {

TokenScales token_scales(const Encoding& encoding, int axis) {
  return {.step = steps(encoding).data,
          .zero_point = encoding.zero_point.data,
          .axis = static_cast<std::size_t>(axis - 1)};
}

/// The axis of `to` that has the extent of `from`'s axis and as many elements behind it; both are
/// shapes of the same elements. Nothing where tokens were split or joined.
std::optional<std::size_t> reshaped_axis(const Shape& from, std::size_t axis, const Shape& to) {
  const auto elements_behind = [](const Shape& shape, std::size_t i) {
    return element_count({shape.begin() + static_cast<std::ptrdiff_t>(i) + 1, shape.end()});
  };
  for (std::size_t i = 0; i < to.size(); ++i)
    if (to[i] == from[axis] && elements_behind(to, i) == elements_behind(from, axis)) return i;
  return {};
}

/// Scales of what a slice leaves; one token's are one for all.
TokenScales sliced(const TokenScales& tokens, const AxisSlice& slice) {
  TokenScales left{.step = {}, .zero_point = {}, .axis = tokens.axis};
  for (std::int64_t i = 0; i < slice.count; ++i) {
    const auto from = static_cast<std::size_t>(slice.start + i * slice.step);
    left.step.push_back(tokens.step[from]);
    left.zero_point.push_back(tokens.zero_point[from]);
  }
  return left;
}

TokenScales rolled(const TokenScales& tokens, std::int64_t shift) {
  TokenScales moved = tokens;
  const auto count = static_cast<std::int64_t>(tokens.rows());
  const auto by = static_cast<std::ptrdiff_t>(((-shift % count) + count) % count);
  std::rotate(moved.step.begin(), moved.step.begin() + by, moved.step.end());
  std::rotate(moved.zero_point.begin(), moved.zero_point.begin() + by, moved.zero_point.end());
  return moved;
}

/// Where a movement from shape `from` to shape `to` (both without the batch) takes the scales.
std::optional<TokenScales> moved(const TokenScales& tokens, const IntOp& op, const Shape& from,
                                 const Shape& to) {
  using Result = std::optional<TokenScales>;
  TokenScales result = tokens;
  return std::visit(
      Overloaded{
          [&](const Transpose& transpose) -> Result {
            const auto& order = transpose.order;
            const auto place = std::find(order.begin(), order.end(), tokens.axis);
            result.axis = static_cast<std::size_t>(place - order.begin());
            return result;
          },
          [&](const IntFlatten&) -> Result {
            result.axis = 0;
            if (tokens.rows() > 1) return {};
            return result;
          },
          [&](const Reshape&) -> Result {
            const auto axis = reshaped_axis(from, tokens.axis, to);
            if (!axis) return {};
            result.axis = *axis;
            return result;
          },
          [&](const Slice& slice) -> Result { return sliced(tokens, slice.axes[tokens.axis]); },
          [&](const Roll& roll) -> Result { return rolled(tokens, roll.shift[tokens.axis]); },
          [](const auto&) -> Result { return {}; }},
      op);
}

Shape without_batch(const Shape& shape) { return {shape.begin() + 1, shape.end()}; }

}  // namespace

CodeTarget Fuser::token_target_of(const std::string& name) const {
  const Encoding& encoding = encoded_.tensors.at(name);
  const auto* per_token = std::get_if<PerToken>(&encoding.spec.granularity);
  if (per_token == nullptr || encoding.scale.size() == 1) return target_of(name);
  const IntRange codes = code_range(encoding);  // Refuses float formats.
  const auto& format = std::get<IntFormat>(encoding.spec.format);
  return {.quantization = {.type = {format.bits, format.is_signed}},
          .codes = codes,
          .tokens = token_scales(encoding, per_token->axis)};
}

Coded Fuser::token_operand(const FloatNode& node, std::size_t index) {
  const auto found = coded_.find(node.inputs[index]);
  const bool has_own = encoded_.operands.contains({node.name, index});
  return has_own || found == coded_.end() ? operand(node, index) : found->second;
}

std::size_t Fuser::constant_rows(const FloatNode& node, const Coded& x,
                                 const CodeTarget& output) const {
  const std::size_t rows = std::max(x.tokens.rows(), output.tokens.rows());
  const std::size_t rank = shapes_.at(node.name).size() - 1;
  for (const TokenScales* tokens : {&x.tokens, &output.tokens})
    if (tokens->rows() > 1 && (rank < 2 || tokens->axis != rank - 2 || tokens->rows() != rows))
      throw InputError({.key = node.name,
                        .got = fmt::format("{} scales along axis {} of {}", tokens->rows(),
                                           tokens->axis + 1, to_string(shapes_.at(node.name))),
                        .expected = "scales per token along the last axis but one",
                        .hint = "granularity: tensor"});
  const std::vector<std::int32_t>& zero_points = output.tokens.zero_point;
  if (std::any_of(zero_points.begin(), zero_points.end(), [](std::int32_t z) { return z != 0; }))
    throw InputError({.key = node.name,
                      .got = "zero points per token behind an integer op",
                      .expected = "codes without zero points",
                      .hint = "symmetric: true"});
  return rows;
}

void Fuser::emit_movement(const Group& group, IntOp op) {
  const FloatNode& head = *group.head;
  const Coded x = token_operand(head, 0);
  if (x.tokens.step.empty()) return emit_on_codes(group, std::move(op));
  const auto tokens = moved(x.tokens, op, without_batch(shapes_.at(head.inputs[0])),
                            without_batch(shapes_.at(head.name)));
  if (!tokens || encoded_.tensors.contains(head.name))
    throw InputError({.key = head.name,
                      .got = fmt::format("{} scales along axis {} of {}", x.tokens.rows(),
                                         x.tokens.axis + 1, to_string(shapes_.at(head.inputs[0]))),
                      .expected = "a movement that keeps tokens whole, without its own quantizer",
                      .hint = "granularity: tensor"});
  Coded result = append(head.name, {x}, std::move(op));
  result.tokens = *tokens;
  coded_[head.name] = result;  // Nothing to compare: one scale cannot say what the codes are worth.
}

}  // namespace systole
