// tensor_observer.cpp: watches every group of a tensor and gives its quantizer.
#include "model/quant/tensor_observer.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/config/error.h"
#include "model/network/overloaded.h"
#include "model/quant/grouping.h"

namespace systole {
namespace {

bool needs_code_grid(const RangeMethod& method) {
  return !std::holds_alternative<MinMax>(method) &&
         !std::holds_alternative<MovingAverageMinMax>(method) &&
         !std::holds_alternative<Percentile>(method);
}

bool is_signed(const QuantizerRecipe& recipe, bool is_never_negative) {
  if (recipe.sign != CodeSign::kAuto) return recipe.sign == CodeSign::kSigned;
  return recipe.is_symmetric && !is_never_negative;
}

}  // namespace

Granularity with_positive_axes(const Granularity& granularity, std::size_t rank,
                               const std::string& name) {
  const auto positive = [&](int axis) {
    const int extent = static_cast<int>(rank);
    if (axis < -extent || axis >= extent)
      throw InputError({.key = name,
                        .got = fmt::format("axis {}", axis),
                        .expected = fmt::format("an axis in {}..{} of a tensor with {} axes",
                                                -extent, extent - 1, extent)});
    return axis < 0 ? axis + extent : axis;
  };
  return std::visit(
      Overloaded{[](const PerTensor& g) -> Granularity { return g; },
                 [&](const PerChannel& g) -> Granularity { return PerChannel{positive(g.axis)}; },
                 [&](const PerToken& g) -> Granularity { return PerToken{positive(g.axis)}; },
                 [](const Blocks& g) -> Granularity { return g; }},
      granularity);
}

TensorObserver::TensorObserver(std::string name, const QuantizerRecipe& recipe)
    : name_(std::move(name)), recipe_(recipe) {
  check_method(recipe.method, name_);
  if (recipe.float_format && needs_code_grid(recipe.method))
    throw InputError({.key = name_,
                      .got = "a range method that searches over integer codes",
                      .expected = "minmax, moving_average or percentile for a float format"});
}

void TensorObserver::observe(const FloatTensor& tensor) {
  granularity_ = with_positive_axes(recipe_.granularity, tensor.shape.size(), name_);
  const Grouping grouping = group(tensor.shape, granularity_, name_);
  const auto count = static_cast<std::size_t>(grouping.count());
  if (groups_.empty()) {
    shape_ = grouping.shape;
    for (std::size_t g = 0; g < count; ++g)
      groups_.emplace_back(recipe_.method, count == 1 ? name_ : fmt::format("{}[{}]", name_, g));
  }
  if (grouping.shape != shape_)
    throw InputError({.key = name_,
                      .got = fmt::format("groups {}", to_string(grouping.shape)),
                      .expected = fmt::format("{}, as in the batch before", to_string(shape_))});
  if (count == 1) {
    groups_[0].observe(tensor.data);
    return;
  }
  std::vector<std::vector<float>> values(count);
  for_each_element(grouping, [&](std::int64_t element, std::int64_t g) {
    values[static_cast<std::size_t>(g)].push_back(tensor[element]);
  });
  for (std::size_t g = 0; g < count; ++g) groups_[g].observe(values[g]);
}

Encoding TensorObserver::encoding(const QuantizerConvention& convention) const {
  if (groups_.empty()) RangeObserver(recipe_.method, name_).range({});  // Says what is missing.
  const bool is_never_negative =
      std::all_of(groups_.begin(), groups_.end(), [](const auto& g) { return g.lowest() >= 0; });
  const bool has_sign = is_signed(recipe_, is_never_negative);
  const CodeGrid grid = {
      .bits = recipe_.bits, .is_signed = has_sign, .is_affine = !recipe_.is_symmetric};
  Tensor<RealRange> ranges(shape_);
  for (std::int64_t g = 0; g < ranges.size(); ++g)
    ranges[g] = groups_[static_cast<std::size_t>(g)].range(grid);
  QuantSpec spec{.granularity = granularity_, .rounding = recipe_.rounding};
  if (recipe_.float_format)
    spec.format = *recipe_.float_format;
  else
    spec.format = IntFormat{.bits = recipe_.bits,
                            .is_signed = has_sign,
                            .is_symmetric = recipe_.is_symmetric,
                            .is_narrow = recipe_.is_narrow && has_sign};
  return encode_ranges(name_, spec, ranges, convention.arithmetic, recipe_.fit,
                       convention.scale_is);
}

Encoding encode_tensor(const std::string& name, const QuantizerRecipe& recipe,
                       const FloatTensor& tensor, const QuantizerConvention& convention) {
  TensorObserver observer(name, recipe);
  observer.observe(tensor);
  return observer.encoding(convention);
}

Encoding encode_literal(const std::string& name, const LiteralQuantizer& literal,
                        const Shape& shape) {
  Encoding encoding{
      .name = name,
      .spec = {.format = literal.format,
               .granularity = with_positive_axes(literal.granularity, shape.size(), name),
               .rounding = literal.rounding}};
  const Grouping grouping = group(shape, encoding.spec.granularity, name);
  encoding.scale = Tensor<double>(grouping.shape);
  encoding.zero_point = IntTensor(grouping.shape);
  const auto fill = [&](const auto& numbers, auto& tensor, const char* what) {
    const auto count = static_cast<std::int64_t>(numbers.size());
    if (count != 1 && count != tensor.size())
      throw InputError({.key = name,
                        .got = fmt::format("{} {}", count, what),
                        .expected = tensor.size() == 1 ? std::string("1")
                                                       : fmt::format("1 or {}", tensor.size())});
    for (std::int64_t g = 0; g < tensor.size(); ++g)
      tensor[g] = numbers[count == 1 ? 0 : static_cast<std::size_t>(g)];
  };
  fill(literal.scale, encoding.scale, "scales");
  if (!literal.zero_point.empty()) fill(literal.zero_point, encoding.zero_point, "zero points");
  check_encoding(encoding);
  return encoding;
}

}  // namespace systole
