// onnx_entries.cpp: reads entries of AIMET's version 2.0.0, which hold QuantizeLinear's operands.
#include "model/quant/encoding_entries.h"
#include "model/quant/onnx_pair.h"

namespace systole {
namespace {

constexpr std::int64_t kZeroPointLimit = std::int64_t{1} << 30;

/// A number, or lists of equal length of ...; `read` turns a number into T.
template <class T, class Read>
void read_nested(const JsonField& field, std::size_t axis, Tensor<T>& tensor, Read read) {
  if (!field.json.is_array()) {
    if (axis != tensor.shape.size()) field.fail("a list, as its neighbours are");
    tensor.data.push_back(read(field));
    return;
  }
  const std::vector<JsonField> items = field.items();
  const auto count = static_cast<std::int64_t>(items.size());
  if (axis == tensor.shape.size() && tensor.data.empty()) tensor.shape.push_back(count);
  if (axis >= tensor.shape.size() || tensor.shape[axis] != count || count == 0)
    field.fail("lists of one length, not empty");
  for (const JsonField& item : items) read_nested(item, axis + 1, tensor, read);
}

}  // namespace

EncodingEntry read_entry_200(const JsonField& field) {
  const std::string& name = field.get("name").text();
  if (field.has("per_block_int_scale"))
    field.get("per_block_int_scale").fail("y_scale", "LPBQ is not read: export plain blocks");
  field.expect_keys({"axis", "block_size", "name", "output_dtype", "y_scale", "y_zero_point"});
  OnnxPair pair;
  if (!parse_int_type(field.get("output_dtype").text(), pair.type))
    field.get("output_dtype").fail("int8, uint8, int4, ...", "float encodings are not read");
  read_nested(field.get("y_scale"), 0, pair.scale, [](const JsonField& f) { return f.number(); });
  pair.zero_point = IntTensor(pair.scale.shape);
  if (field.has("y_zero_point")) {
    pair.zero_point = {};
    read_nested(field.get("y_zero_point"), 0, pair.zero_point, [](const JsonField& f) {
      return static_cast<std::int32_t>(f.integer(-kZeroPointLimit, kZeroPointLimit));
    });
  }
  if (field.has("axis"))
    pair.axis = static_cast<int>(field.get("axis").integer(0, 7));
  else if (!pair.scale.shape.empty())
    field.get("axis");
  if (field.has("block_size"))
    pair.block_size = field.get("block_size").integer(1, std::int64_t{1} << 31);
  return {.encoding = located(field, [&] { return from_onnx(pair, name); })};
}

}  // namespace systole
