// transformer_shape_rules.cpp: the shape rules of attention, embeddings and constants per token.
#include <fmt/format.h>

#include "model/network/shape_rules.h"
#include "model/ops/add_constant.h"
#include "model/ops/requantise/token_constants.h"

namespace systole {

Shape ShapeRules::roll(const std::vector<std::int64_t>& shift) const {
  const Shape x = same();
  if (shift.size() + 1 != x.size())
    throw error(fmt::format("{} shifts for input {}", shift.size(), to_string(x)),
                fmt::format("{}, one per axis without the batch", x.size() - 1));
  return x;
}

Shape ShapeRules::add_constant(const Shape& value, std::string_view what) const {
  const Shape& x = operands[0];
  const Shape item = {x.begin() + 1, x.end()};
  if (!broadcasts_to(value, item))
    throw error(fmt::format("{} {} for input {}", what, to_string(value), to_string(x)),
                fmt::format("a shape that broadcasts to {}", to_string(item)),
                "axes are aligned at the last; each is the operand's, or 1");
  return x;
}

Shape ShapeRules::class_token(const Shape& value) const {
  Shape x = same();
  if (x.size() != 3 || x[2] != value[1])
    throw error(fmt::format("input {}", to_string(x)),
                fmt::format("[batch, tokens, {}] (value {})", value[1], to_string(value)));
  x[1] += value[0];
  return x;
}

Shape ShapeRules::embedding(const Shape& table) const {
  Shape x = same();
  x.push_back(table[1]);
  return x;
}

void ShapeRules::expect_mask(const Shape& scores, const Shape& mask) const {
  if (scores.size() < 2 || mask != Shape{scores[0], scores.back()})
    throw error(
        fmt::format("a mask {} for {}", to_string(mask), to_string(scores)),
        fmt::format("[batch, {}], one value per key", scores.size() < 2 ? 0 : scores.back()));
}

Shape ShapeRules::mask_scores() const {
  expect_operands(2, 2);
  expect_mask(operands[0], operands[1]);
  return operands[0];
}

Shape ShapeRules::masked_softmax() const {
  expect_operands(1, 2);
  if (operands.size() == 2) expect_mask(operands[0], operands[1]);
  return operands[0];
}

void ShapeRules::expect_per_token(const Shape& x, std::int64_t tokens, std::int64_t count,
                                  std::string_view what) const {
  if (tokens == 1) return expect_per_channel(x.back(), count, what);
  const std::int64_t rows = x.size() < 3 ? 1 : x[x.size() - 2];
  if (rows != tokens)
    throw error(fmt::format("constants of {} tokens for input {}", tokens, to_string(x)),
                fmt::format("[batch, ..., {}, channels]", tokens));
  if (!fits_tokens(static_cast<std::size_t>(count), tokens, x.back()))
    throw error(fmt::format("{} {} values", count, what),
                fmt::format("1, {} or {}: for all, one per token, or per token and channel", tokens,
                            tokens * x.back()));
}

}  // namespace systole
