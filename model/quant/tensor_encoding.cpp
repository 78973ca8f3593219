// tensor_encoding.cpp: checks and conventions of one tensor's quantizer.
#include "model/quant/tensor_encoding.h"

#include <fmt/format.h>

#include <cmath>

#include "model/config/error.h"

namespace systole {
namespace {

constexpr std::int32_t kZeroPointLimit = 1 << 30;

IntTensor negated(IntTensor tensor) {
  for (std::int32_t& value : tensor.data) value = -value;
  return tensor;
}

Tensor<double> inverse(Tensor<double> tensor) {
  for (double& value : tensor.data) value = 1.0 / value;
  return tensor;
}

[[noreturn]] void fail(const Encoding& encoding, const std::string& got,
                       const std::string& expected, const std::string& hint = "") {
  throw InputError({.key = encoding.name, .got = got, .expected = expected, .hint = hint});
}

void check_zero_point(const Encoding& encoding, std::int64_t group) {
  const std::int32_t value = encoding.zero_point[group];
  const auto* format = std::get_if<IntFormat>(&encoding.spec.format);
  if (value != 0 && (format == nullptr || format->is_symmetric))
    fail(encoding, fmt::format("zero point {} of group {}", value, group),
         format == nullptr ? "0 of a float format" : "0 of symmetric codes");
  if (value < -kZeroPointLimit || value > kZeroPointLimit)
    fail(encoding, fmt::format("zero point {} of group {}", value, group),
         fmt::format("one in [{}, {}]", -kZeroPointLimit, kZeroPointLimit));
}

}  // namespace

void check_encoding(const Encoding& encoding) {
  check_format(encoding.spec.format, encoding.name);
  if (encoding.scale.shape != encoding.zero_point.shape)
    fail(encoding,
         fmt::format("scales of shape {} and zero points of shape {}",
                     to_string(encoding.scale.shape), to_string(encoding.zero_point.shape)),
         "the same shape");
  for (std::int64_t group = 0; group < encoding.scale.size(); ++group) {
    const double scale = encoding.scale[group];
    if (!std::isnormal(scale) || scale < 0 || !std::isnormal(1.0 / scale))
      fail(encoding, fmt::format("scale {} of group {}", scale, group),
           "a finite number above 0 that has an inverse");
    check_zero_point(encoding, group);
  }
}

Grouping check_encoding(const Encoding& encoding, const Shape& tensor) {
  check_encoding(encoding);
  Grouping grouping = group(tensor, encoding.spec.granularity, encoding.name);
  if (encoding.scale.shape != grouping.shape)
    fail(encoding, fmt::format("scales of shape {}", to_string(encoding.scale.shape)),
         fmt::format("{}, the groups of a tensor of shape {}", to_string(grouping.shape),
                     to_string(tensor)));
  return grouping;
}

IntRange code_range(const Encoding& encoding) {
  if (const auto* format = std::get_if<IntFormat>(&encoding.spec.format)) return format->range();
  throw InputError({.key = encoding.name,
                    .got = to_string(encoding.spec.format),
                    .expected = "an integer format on the integer path",
                    .hint = "float formats are for the fake-quant path: systole evaluate"});
}

Tensor<double> steps(const Encoding& encoding) {
  return encoding.scale_is == ScaleKind::kStep ? encoding.scale : inverse(encoding.scale);
}

Tensor<double> inverse_steps(const Encoding& encoding) {
  return encoding.scale_is == ScaleKind::kInverse ? encoding.scale : inverse(encoding.scale);
}

Encoding with_scale_kind(const Encoding& encoding, ScaleKind kind) {
  if (encoding.scale_is == kind) return encoding;
  Encoding converted = encoding;
  converted.scale_is = kind;
  converted.scale = inverse(encoding.scale);
  for (std::int64_t group = 0; group < encoding.scale.size(); ++group)
    if (1.0 / converted.scale[group] != encoding.scale[group])
      fail(encoding, fmt::format("scale {} of group {}", encoding.scale[group], group),
           "a scale that comes back from the inverse of its inverse",
           "keep the scale as it was given");
  return converted;
}

IntTensor offsets(const Encoding& encoding) { return negated(encoding.zero_point); }

IntTensor zero_points_of(const IntTensor& offsets) { return negated(offsets); }

}  // namespace systole
