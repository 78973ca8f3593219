// encodings_json.cpp: writes quantizers as AIMET's encoding files.
#include "model/quant/encodings_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "model/config/error.h"
#include "model/network/overloaded.h"
#include "model/quant/onnx_pair.h"
#include "model/quant/python_json.h"

namespace systole {
namespace {

using Json = nlohmann::json;

[[noreturn]] void fail(const Encoding& encoding, AimetVersion version, const std::string& got,
                       const std::string& expected, const std::string& hint = "") {
  const std::string_view name = kAimetVersionNames[static_cast<std::size_t>(version)];
  throw InputError({.key = encoding.name,
                    .got = got,
                    .expected = fmt::format("{}, for AIMET {}", expected, name),
                    .hint = hint});
}

/// The format of an encoding that 0.6.1 and 1.0.0 can hold; checks all but the granularity.
const IntFormat& offset_format(const Encoding& encoding, AimetVersion version) {
  check_encoding(encoding);
  const auto* format = std::get_if<IntFormat>(&encoding.spec.format);
  if (format == nullptr) fail(encoding, version, to_string(encoding.spec.format), "integers");
  if (format->bits > 16) fail(encoding, version, to_string(encoding.spec.format), "up to 16 bits");
  if (encoding.spec.rounding != Rounding::kHalfEven)
    fail(encoding, version,
         std::string(kRoundingNames[static_cast<std::size_t>(encoding.spec.rounding)]),
         "half_even");
  return *format;
}

Json offsets_of(const Encoding& encoding, const IntFormat& format) {
  Json list = Json::array();
  for (const std::int32_t zero_point : encoding.zero_point.data)
    list.push_back(static_cast<double>(format.range().lo - zero_point));
  return list;
}

void check_output_axis(const Encoding& encoding, AimetVersion version, int axis) {
  if (axis != 0)
    fail(encoding, version, fmt::format("a scale per index of axis {}", axis), "axis 0",
         "AIMET's weights have their output channels in front");
}

Json list_061(const EncodingEntry& entry) {
  const Encoding& encoding = entry.encoding;
  const auto version = AimetVersion::k061;
  const IntFormat& format = offset_format(encoding, version);
  std::visit(
      Overloaded{[](const PerTensor&) {},
                 [&](const PerChannel& g) { check_output_axis(encoding, version, g.axis); },
                 [&](const PerToken&) { fail(encoding, version, "a scale per token", "channels"); },
                 [&](const Blocks&) { fail(encoding, version, "a scale per block", "channels"); }},
      encoding.spec.granularity);
  const Tensor<double> step = steps(encoding);
  const bool has_limits = entry.limits.size() == step.data.size();
  Json list = Json::array();
  for (std::int64_t g = 0; g < step.size(); ++g) {
    const auto lowest = static_cast<double>(format.range().lo - encoding.zero_point[g]);
    const auto highest = static_cast<double>(format.range().hi - encoding.zero_point[g]);
    const RealRange limits = has_limits ? entry.limits[static_cast<std::size_t>(g)]
                                        : RealRange{step[g] * lowest, step[g] * highest};
    list.push_back({{"bitwidth", format.bits},
                    {"dtype", "int"},
                    {"is_symmetric", format.is_symmetric ? "True" : "False"},
                    {"max", limits.hi},
                    {"min", limits.lo},
                    {"offset", lowest},
                    {"scale", step[g]}});
  }
  return list;
}

/// The size of blocks of input channels, axis 1, under every output channel, axis 0.
std::int64_t input_block(const Encoding& encoding, const Blocks& blocks) {
  const Shape& sizes = blocks.sizes;
  bool is_plain =
      sizes.size() >= 2 && (sizes[0] == 1 || encoding.scale.shape[0] == 1) && sizes[1] > 0;
  for (std::size_t axis = 2; axis < sizes.size(); ++axis)
    is_plain = is_plain && encoding.scale.shape[axis] == 1;
  if (!is_plain)
    fail(encoding, AimetVersion::k100, fmt::format("blocks of sizes {}", to_string(sizes)),
         "[1, n, -1, ...]: blocks of n input channels");
  return sizes[1];
}

Json object_100(const Encoding& encoding) {
  const auto version = AimetVersion::k100;
  const IntFormat& format = offset_format(encoding, version);
  Json entry = {{"bw", format.bits},
                {"dtype", "INT"},
                {"is_sym", format.is_symmetric},
                {"name", encoding.name},
                {"offset", offsets_of(encoding, format)},
                {"scale", steps(encoding).data}};
  std::visit(
      Overloaded{[&](const PerTensor&) { entry["enc_type"] = "PER_TENSOR"; },
                 [&](const PerChannel& g) {
                   check_output_axis(encoding, version, g.axis);
                   entry["enc_type"] = "PER_CHANNEL";
                 },
                 [&](const PerToken&) { fail(encoding, version, "a scale per token", "channels"); },
                 [&](const Blocks& g) {
                   entry["enc_type"] = "PER_BLOCK";
                   entry["block_size"] = input_block(encoding, g);
                 }},
      encoding.spec.granularity);
  return entry;
}

/// The numbers from `next` on, nested as `shape` from `axis` on says.
template <class T>
Json nested(const Tensor<T>& tensor, std::size_t axis, std::int64_t& next) {
  if (axis == tensor.shape.size()) return tensor[next++];
  Json list = Json::array();
  for (std::int64_t i = 0; i < tensor.shape[axis]; ++i)
    list.push_back(nested(tensor, axis + 1, next));
  return list;
}

template <class T>
Json nested(const Tensor<T>& tensor) {
  std::int64_t next = 0;
  return nested(tensor, 0, next);
}

Json object_200(const Encoding& encoding) {
  const OnnxPair pair = to_onnx(encoding);
  Json entry = {{"name", encoding.name},
                {"output_dtype", to_string(pair.type)},
                {"y_scale", nested(pair.scale)}};
  if (!pair.scale.shape.empty()) entry["axis"] = pair.axis;
  if (pair.block_size > 0) entry["block_size"] = pair.block_size;
  const IntTensor zeros(pair.zero_point.shape);
  if (pair.zero_point != zeros) entry["y_zero_point"] = nested(pair.zero_point);
  return entry;
}

void add(Json& json, const EncodingEntry& entry, AimetVersion version) {
  if (version == AimetVersion::k200) {
    json["encodings"].push_back(object_200(entry.encoding));
    return;
  }
  if (entry.role == EncodingRole::kUnsaid)
    fail(entry.encoding, version, "neither an activation nor a parameter", "which of them it is");
  Json& section =
      json[entry.role == EncodingRole::kParameter ? "param_encodings" : "activation_encodings"];
  if (version == AimetVersion::k100)
    section.push_back(object_100(entry.encoding));
  else if (!section.emplace(entry.encoding.name, list_061(entry)).second)
    fail(entry.encoding, version, "two encodings of one name", "one");
}

}  // namespace

std::string encodings_to_json(const EncodingsFile& file) {
  Json json = Json::parse(file.other);
  json["version"] = kAimetVersionNames[static_cast<std::size_t>(file.version)];
  if (file.version == AimetVersion::k200) {
    json["encodings"] = Json::array();
  } else {
    const Json empty = file.version == AimetVersion::k100 ? Json::array() : Json::object();
    json["activation_encodings"] = empty;
    json["param_encodings"] = empty;
  }
  for (const EncodingEntry& entry : file.entries) add(json, entry, file.version);
  return to_python_json(json);
}

}  // namespace systole
