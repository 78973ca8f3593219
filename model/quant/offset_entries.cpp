// offset_entries.cpp: reads entries of AIMET's versions 0.6.1 and 1.0.0, which hold offsets.
#include <utility>

#include "model/quant/encoding_entries.h"

namespace systole {
namespace {

constexpr std::int64_t kOffsetLimit = std::int64_t{1} << 30;

/// The kind of codes, of which `offset` is the lowest less the zero point.
IntFormat offset_format(int bits, bool is_symmetric, const JsonField& offset) {
  const std::int64_t value = offset.integer(-kOffsetLimit, kOffsetLimit);
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  if (!is_symmetric) return {.bits = bits, .is_signed = false, .is_symmetric = false};
  if (value != 0 && value != -half && value != -half + 1)
    offset.fail(fmt::format("{}, {} or 0 of a symmetric encoding", -half, -half + 1));
  return {.bits = bits, .is_signed = value != 0, .is_narrow = value == -half + 1};
}

/// Sets an encoding's format and zero points from what the file says of every group.
void read_offsets(Encoding& encoding, int bits, bool is_symmetric,
                  const std::vector<JsonField>& offsets) {
  for (std::size_t g = 0; g < offsets.size(); ++g) {
    const IntFormat format = offset_format(bits, is_symmetric, offsets[g]);
    if (g == 0) encoding.spec.format = format;
    if (encoding.spec.format != NumberFormat{format})
      offsets[g].fail(
          fmt::format("the offset of {}, as of the group before", to_string(encoding.spec.format)));
    encoding.zero_point[static_cast<std::int64_t>(g)] = static_cast<std::int32_t>(
        format.range().lo - offsets[g].integer(-kOffsetLimit, kOffsetLimit));
  }
}

int read_bits(const JsonField& bits) { return static_cast<int>(bits.integer(2, 16)); }

/// Granularity of a 1.0.0 entry, and the shape of its scales.
std::pair<Granularity, Shape> read_groups(const JsonField& entry, const std::string& name,
                                          std::int64_t count, const TensorShapes& shapes) {
  const JsonField type = entry.get("enc_type");
  if (type.text() == "PER_TENSOR") return {PerTensor{}, {}};
  if (type.text() == "PER_CHANNEL") return {PerChannel{0}, {count}};
  if (type.text() != "PER_BLOCK")
    type.fail("PER_TENSOR, PER_CHANNEL or PER_BLOCK",
              type.text() == "LPBQ" ? "LPBQ is not read: export plain blocks" : "");
  const JsonField size = entry.get("block_size");
  const auto shape = shapes.find(name);
  if (shape == shapes.end() || shape->second.size() < 2)
    size.fail(fmt::format("the shape of {} to be given", name),
              "this version does not say how many channels have blocks");
  Blocks blocks = {.sizes = Shape(shape->second.size(), kWholeAxis)};
  blocks.sizes[0] = 1;
  blocks.sizes[1] = size.integer(1, std::int64_t{1} << 31);
  return {blocks, located(entry, [&] { return group(shape->second, blocks, name).shape; })};
}

}  // namespace

EncodingEntry read_entry_061(const JsonField& list, const std::string& name, EncodingRole role) {
  const std::vector<JsonField> groups = list.items();
  if (groups.empty()) list.fail("an encoding, or one per channel");
  const auto count = static_cast<std::int64_t>(groups.size());
  const Shape shape = count == 1 ? Shape{} : Shape{count};
  EncodingEntry entry = {
      .encoding = {.name = name, .scale = Tensor<double>(shape), .zero_point = IntTensor(shape)},
      .role = role};
  if (count > 1) entry.encoding.spec.granularity = PerChannel{0};
  std::vector<JsonField> offsets;
  for (const JsonField& group : groups) {
    group.expect_keys({"bitwidth", "dtype", "is_symmetric", "max", "min", "offset", "scale"});
    if (group.get("dtype").text() != "int")
      group.get("dtype").fail("\"int\"", "float encodings are not read");
    const JsonField is_symmetric = group.get("is_symmetric");
    if (is_symmetric.text() != "True" && is_symmetric.text() != "False")
      is_symmetric.fail("\"True\" or \"False\"");
    for (const std::string key : {"bitwidth", "is_symmetric"})
      if (group.get(key).json != groups[0].get(key).json)
        group.get(key).fail(groups[0].get(key).json.dump() + ", as of the first channel");
    entry.encoding.scale[static_cast<std::int64_t>(offsets.size())] = group.get("scale").number();
    offsets.push_back(group.get("offset"));
    entry.limits.push_back({group.get("min").number(), group.get("max").number()});
  }
  read_offsets(entry.encoding, read_bits(groups[0].get("bitwidth")),
               groups[0].get("is_symmetric").text() == "True", offsets);
  return entry;
}

EncodingEntry read_entry_100(const JsonField& field, EncodingRole role,
                             const TensorShapes& shapes) {
  EncodingEntry entry = {.role = role};
  Encoding& encoding = entry.encoding;
  encoding.name = field.get("name").text();
  const JsonField scale = field.get("scale");
  const std::vector<JsonField> scales = scale.items();
  const std::vector<JsonField> offsets = field.get("offset").items();
  const auto [granularity, shape] =
      read_groups(field, encoding.name, static_cast<std::int64_t>(scales.size()), shapes);
  if (std::holds_alternative<Blocks>(granularity))
    field.expect_keys(
        {"block_size", "bw", "dtype", "enc_type", "is_sym", "name", "offset", "scale"});
  else
    field.expect_keys({"bw", "dtype", "enc_type", "is_sym", "name", "offset", "scale"});
  if (field.get("dtype").text() != "INT")
    field.get("dtype").fail("\"INT\"", "float encodings are not read");
  const auto count = static_cast<std::size_t>(element_count(shape));
  if (scales.empty()) scale.fail("a scale, or one per channel");
  if (scales.size() != count) scale.fail(fmt::format("{} numbers", count));
  if (offsets.size() != count) field.get("offset").fail(fmt::format("{} numbers", count));
  encoding.spec.granularity = granularity;
  encoding.scale = Tensor<double>(shape);
  encoding.zero_point = IntTensor(shape);
  for (std::size_t g = 0; g < count; ++g)
    encoding.scale[static_cast<std::int64_t>(g)] = scales[g].number();
  read_offsets(encoding, read_bits(field.get("bw")), field.get("is_sym").flag(), offsets);
  return entry;
}

}  // namespace systole
