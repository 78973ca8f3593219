// shape_rules.cpp: the shape rules that float and integer ops share.
#include "model/network/shape_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace systole {

Shape ShapeRules::conv2d(const Window& window, std::int64_t groups, const Shape& weight) const {
  const Shape& x = image();
  const std::int64_t channels = weight[2] * groups;
  if (x[3] != channels)
    throw error(
        fmt::format("input {}", to_string(x)),
        fmt::format("{} channels (weight {} with {} groups)", channels, to_string(weight), groups));
  const auto [height, width] = window_output(window, x);
  return {x[0], height, width, weight[3]};
}

Shape ShapeRules::matmul(const Shape& weight) const {
  expect_operands(1, 1);
  Shape result = operands[0];
  if (result.size() < 2 || result.back() != weight[0])
    throw error(fmt::format("input {}", to_string(operands[0])),
                fmt::format("[..., {}] (weight {})", weight[0], to_string(weight)),
                "a flatten op in front turns an image into one row");
  result.back() = weight[1];
  return result;
}

Shape ShapeRules::pool(const Window& window) const {
  const Shape& x = image();
  const auto [height, width] = window_output(window, x);
  if (!every_window_sees_image(window, x[1], x[2]))
    throw error(fmt::format("input {}", to_string(x)), "a pixel of the image in every window",
                "less padding, or a smaller stride or dilation");
  return {x[0], height, width, x[3]};
}

Shape ShapeRules::global_pool() const {
  const Shape& x = image();
  return {x[0], 1, 1, x[3]};
}

Shape ShapeRules::same() const {
  expect_operands(1, 1);
  return operands[0];
}

Shape ShapeRules::elementwise_pair() const {
  expect_operands(2, 2);
  if (operands[0] != operands[1])
    throw error(fmt::format("operands {} and {}", to_string(operands[0]), to_string(operands[1])),
                "equal shapes");
  return operands[0];
}

Shape ShapeRules::concat() const {
  expect_operands(1, 1024);
  Shape result = operands[0];
  for (std::size_t i = 1; i < operands.size(); ++i) {
    Shape other = operands[i];
    if (other.size() != result.size() ||
        !std::equal(other.begin(), other.end() - 1, result.begin()))
      throw error(fmt::format("operands {} and {}", to_string(operands[0]), to_string(other)),
                  "shapes that differ in their last extent only");
    result.back() += other.back();
  }
  return result;
}

Shape ShapeRules::flatten() const {
  expect_operands(1, 1);
  const Shape& x = operands[0];
  return {x[0], element_count({x.begin() + 1, x.end()})};
}

Shape ShapeRules::batch_matmul(bool transpose_a, bool transpose_b) const {
  expect_operands(2, 2);
  Shape a = operands[0], b = operands[1];
  const std::size_t rank = a.size();
  if (rank < 3 || b.size() != rank)
    throw error(fmt::format("operands {} and {}", to_string(a), to_string(b)),
                "[batch, ..., m, k] and [batch, ..., k, n]");
  if (transpose_a) std::swap(a[rank - 1], a[rank - 2]);
  if (transpose_b) std::swap(b[rank - 1], b[rank - 2]);
  if (!std::equal(a.begin(), a.end() - 2, b.begin()) || a[rank - 1] != b[rank - 2])
    throw error(fmt::format("operands {} and {}", to_string(a), to_string(b)),
                "equal leading extents, and the rows of the second as many as the columns of the "
                "first");
  a[rank - 1] = b[rank - 1];
  return a;
}

Shape ShapeRules::pad(const std::vector<std::array<std::int64_t, 2>>& amounts) const {
  Shape shape = same();
  if (amounts.size() + 1 != shape.size())
    throw error(fmt::format("{} pairs of amounts", amounts.size()),
                fmt::format("{}, one per axis without the batch", shape.size() - 1));
  for (std::size_t i = 0; i < amounts.size(); ++i) shape[i + 1] += amounts[i][0] + amounts[i][1];
  return shape;
}

Shape ShapeRules::reshape(const Shape& shape) const {
  const Shape x = same();
  Shape result = {x[0]};
  result.insert(result.end(), shape.begin(), shape.end());
  // Dividing cannot overflow, as a product of any extents could.
  std::int64_t rest = element_count(x) / x[0];
  bool fits = true;
  for (const std::int64_t extent : shape) {
    fits = fits && extent > 0 && rest % extent == 0;
    if (fits) rest /= extent;
  }
  if (!fits || rest != 1)
    throw error(fmt::format("shape {} for input {}", to_string(shape), to_string(x)),
                "as many elements per sample as the input has");
  return result;
}

Shape ShapeRules::transpose(const std::vector<std::int64_t>& order) const {
  const Shape x = same();
  Shape shape = {x[0]};
  std::vector<bool> is_taken(x.size() - 1);
  bool fits = order.size() + 1 == x.size();
  for (std::size_t i = 0; fits && i < order.size(); ++i) {
    fits = order[i] >= 0 && order[i] < std::ssize(order) &&
           !is_taken[static_cast<std::size_t>(order[i])];
    if (!fits) break;
    is_taken[static_cast<std::size_t>(order[i])] = true;
    shape.push_back(x[static_cast<std::size_t>(order[i]) + 1]);
  }
  if (!fits)
    throw error(fmt::format("order [{}] for input {}", fmt::join(order, ", "), to_string(x)),
                fmt::format("each of 0 to {} once: the axes without the batch", x.size() - 2));
  return shape;
}

Shape ShapeRules::slice(const std::vector<AxisSlice>& axes) const {
  const Shape x = same();
  if (axes.size() + 1 != x.size())
    throw error(fmt::format("{} axes", axes.size()),
                fmt::format("{}, without the batch", x.size() - 1));
  Shape shape = {x[0]};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto& [start, count, step] = axes[i];
    const std::int64_t extent = x[i + 1];
    if (start >= extent || (count - 1) > (extent - 1 - start) / step)
      throw error(fmt::format("start {}, count {}, step {} of axis {}", start, count, step, i),
                  fmt::format("elements inside its extent of {}", extent));
    shape.push_back(count);
  }
  return shape;
}

void ShapeRules::expect_per_channel(std::int64_t channels, std::int64_t count,
                                    std::string_view what) const {
  if (count != 1 && count != channels)
    throw error(fmt::format("{} {} values", count, what),
                fmt::format("1 or {}, one per channel", channels));
}

void ShapeRules::expect_operands(std::size_t fewest, std::size_t most) const {
  if (operands.size() >= fewest && operands.size() <= most) return;
  const std::string expected =
      fewest == most ? fmt::format("{}", fewest) : fmt::format("{} to {}", fewest, most);
  throw error(fmt::format("{} inputs", operands.size()), expected);
}

InputError ShapeRules::error(const std::string& got, const std::string& expected,
                             const std::string& hint) const {
  return InputError({.where = where, .key = key, .got = got, .expected = expected, .hint = hint});
}

const Shape& ShapeRules::image() const {
  expect_operands(1, 1);
  if (operands[0].size() != 4)
    throw error(fmt::format("input {}", to_string(operands[0])), "an image [n, h, w, c]");
  return operands[0];
}

std::array<std::int64_t, 2> ShapeRules::window_output(const Window& window, const Shape& x) const {
  const std::array<std::int64_t, 2> extents = {output_extent(window, 0, x[1]),
                                               output_extent(window, 1, x[2])};
  if (extents[0] < 1 || extents[1] < 1)
    throw error(fmt::format("input {}", to_string(x)),
                fmt::format("at least one window of {}x{} pixels (padding included)",
                            window.dilation[0] * (window.kernel[0] - 1) + 1,
                            window.dilation[1] * (window.kernel[1] - 1) + 1));
  return extents;
}

}  // namespace systole
