// shape_rules.h: the shape rules that float and integer ops share; private to model/network/.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "model/config/error.h"
#include "model/network/float_ops.h"
#include "model/ops/slice.h"
#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// One op's operands, and what a complaint about them needs.
struct ShapeRules {
  std::string key;  ///< "conv1 (conv2d)".
  Location where;
  const std::vector<Shape>& operands;

  /// Each returns the output's shape or throws InputError.
  Shape conv2d(const Window& window, std::int64_t groups, const Shape& weight) const;
  Shape matmul(const Shape& weight) const;
  Shape pool(const Window& window) const;
  Shape global_pool() const;
  Shape same() const;
  Shape elementwise_pair() const;
  Shape concat() const;
  Shape flatten() const;
  Shape batch_matmul(bool transpose_a, bool transpose_b) const;
  Shape pad(const std::vector<std::array<std::int64_t, 2>>& amounts) const;
  Shape reshape(const Shape& shape) const;
  Shape transpose(const std::vector<std::int64_t>& order) const;
  Shape slice(const std::vector<AxisSlice>& axes) const;
  Shape roll(const std::vector<std::int64_t>& shift) const;
  /// The first operand's, to which a constant of this shape is added.
  Shape add_constant(const Shape& value, std::string_view what) const;
  Shape class_token(const Shape& value) const;
  Shape embedding(const Shape& table) const;
  Shape mask_scores() const;
  /// Scores, with or without a mask.
  Shape masked_softmax() const;

  /// `count` values per channel (1: one for all) for an operand with `channels`.
  void expect_per_channel(std::int64_t channels, std::int64_t count, std::string_view what) const;
  /// `count` values for [.., tokens, channels] (token_constants.h): one for all, one per token, or
  /// per token and channel; with `tokens` 1 as `expect_per_channel`.
  void expect_per_token(const Shape& x, std::int64_t tokens, std::int64_t count,
                        std::string_view what) const;
  void expect_operands(std::size_t fewest, std::size_t most) const;
  InputError error(const std::string& got, const std::string& expected,
                   const std::string& hint = "") const;

 private:
  /// The only operand, which must be [n, h, w, c].
  const Shape& image() const;
  void expect_mask(const Shape& scores, const Shape& mask) const;
  std::array<std::int64_t, 2> window_output(const Window& window, const Shape& x) const;
};

/// The shape of a float op's output.
Shape apply_rules(const ShapeRules& rules, const FloatOp& op);

}  // namespace systole
