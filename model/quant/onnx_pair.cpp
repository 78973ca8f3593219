// onnx_pair.cpp: a quantizer as the operands of ONNX's QuantizeLinear.
#include "model/quant/onnx_pair.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/config/error.h"
#include "model/network/overloaded.h"

namespace systole {
namespace {

[[noreturn]] void fail(const std::string& name, const std::string& got,
                       const std::string& expected) {
  throw InputError({.key = name, .got = got, .expected = expected});
}

Granularity granularity_of(const OnnxPair& pair, const std::string& name) {
  const Shape& shape = pair.scale.shape;
  const bool is_blocked = shape.size() > 1;
  if (is_blocked != (pair.block_size > 0))
    fail(name,
         fmt::format("scales of shape {} and block size {}", to_string(shape), pair.block_size),
         "a scalar or a vector without blocks, or a scale per block of a size above 0");
  if (shape.empty()) return PerTensor{};
  if (!is_blocked) return PerChannel{pair.axis};
  if (pair.axis < 0 || pair.axis >= static_cast<int>(shape.size()))
    fail(name, fmt::format("axis {} of scales of shape {}", pair.axis, to_string(shape)),
         fmt::format("an axis in [0, {}]", shape.size() - 1));
  Blocks blocks;
  for (const std::int64_t extent : shape) blocks.sizes.push_back(extent == 1 ? kWholeAxis : 1);
  blocks.sizes[static_cast<std::size_t>(pair.axis)] = pair.block_size;
  return blocks;
}

/// The one axis that is cut into blocks of more than 1, else the first that is cut at all.
int blocked_axis(const Blocks& blocks, const std::string& name) {
  const auto is_long = [](std::int64_t size) { return size > 1; };
  if (std::count_if(blocks.sizes.begin(), blocks.sizes.end(), is_long) > 1)
    fail(name, fmt::format("blocks of sizes {}", to_string(blocks.sizes)),
         "blocks along one axis, for ONNX");
  auto place = std::find_if(blocks.sizes.begin(), blocks.sizes.end(), is_long);
  if (place == blocks.sizes.end()) place = std::find(blocks.sizes.begin(), blocks.sizes.end(), 1);
  if (place == blocks.sizes.end() || blocks.sizes.size() < 2)
    fail(name, fmt::format("blocks of sizes {}", to_string(blocks.sizes)),
         "an axis that is cut, of two or more axes, for ONNX");
  return static_cast<int>(place - blocks.sizes.begin());
}

}  // namespace

Encoding from_onnx(const OnnxPair& pair, const std::string& name) {
  const auto is_zero = [](std::int32_t z) { return z == 0; };
  const bool has_no_zero_point =
      std::all_of(pair.zero_point.data.begin(), pair.zero_point.data.end(), is_zero);
  Encoding encoding = {
      .name = name,
      .spec = {.format = IntFormat{.bits = pair.type.bits,
                                   .is_signed = pair.type.is_signed,
                                   .is_symmetric = pair.type.is_signed && has_no_zero_point},
               .granularity = granularity_of(pair, name)},
      .scale = pair.scale,
      .zero_point = pair.zero_point};
  check_encoding(encoding);
  const IntRange range = pair.type.range();
  for (const std::int32_t zero_point : pair.zero_point.data)
    if (!range.contains(zero_point))
      fail(name, fmt::format("zero point {}", zero_point),
           fmt::format("an {}, in [{}, {}]", to_string(pair.type), range.lo, range.hi));
  return encoding;
}

OnnxPair to_onnx(const Encoding& encoding) {
  check_encoding(encoding);
  const auto* format = std::get_if<IntFormat>(&encoding.spec.format);
  if (format == nullptr || format->is_narrow)
    fail(encoding.name, to_string(encoding.spec.format), "integers of the full range, for ONNX");
  if (encoding.spec.rounding != Rounding::kHalfEven)
    fail(encoding.name,
         std::string(kRoundingNames[static_cast<std::size_t>(encoding.spec.rounding)]),
         "half_even, ONNX's rounding");
  OnnxPair pair = {.scale = steps(encoding),
                   .zero_point = encoding.zero_point,
                   .type = {.bits = format->bits, .is_signed = format->is_signed}};
  std::visit(Overloaded{[](const PerTensor&) {}, [&](const PerChannel& g) { pair.axis = g.axis; },
                        [&](const PerToken& g) { pair.axis = g.axis; },
                        [&](const Blocks& g) {
                          pair.axis = blocked_axis(g, encoding.name);
                          pair.block_size = g.sizes[static_cast<std::size_t>(pair.axis)];
                        }},
             encoding.spec.granularity);
  return pair;
}

}  // namespace systole
