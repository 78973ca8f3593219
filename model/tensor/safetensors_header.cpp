// safetensors_header.cpp: parses and checks the header of a safetensors file.
#include "model/tensor/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "model/config/error.h"

namespace systole {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeader = 100'000'000;  // The format's own limit.

/// Raises errors about one file, or one tensor of it.
struct Context {
  std::string path;
  std::string tensor;

  [[noreturn]] void fail(const std::string& got, const std::string& expected) const {
    throw InputError({.where = {path}, .key = tensor, .got = got, .expected = expected});
  }
};

/// Json cannot hold a key twice and would keep the last: this notices, and bounds the depth.
class HeaderCheck {
 public:
  explicit HeaderCheck(const Context& file) : file_(file) {}

  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > 8) file_.fail("a deeply nested header", "{name: {dtype, shape, data_offsets}}");
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key) {
      const std::string& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second) {
        Context{file_.path, key}.fail("the name a second time", "it once");
      }
    }
    return true;
  }

 private:
  const Context& file_;
  std::vector<std::set<std::string>> keys_;
};

Json parse_json(const Context& file, std::string_view text) {
  try {
    Json header = Json::parse(text, HeaderCheck(file));
    if (!header.is_object()) file.fail("a header that is no JSON object", "{name: {...}}");
    return header;
  } catch (const Json::exception& e) {
    file.fail(fmt::format("an invalid header ({})", e.what()), "JSON");
  }
}

/// A non-negative integer below 2^62, so that sums of two do not overflow.
std::optional<std::int64_t> as_size(const Json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  const auto number = value.get<std::uint64_t>();
  if (number >= std::uint64_t{1} << 62) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Shape parse_shape(const Context& tensor, const Json& value) {
  constexpr std::size_t kMaxRank = 16;
  const char* expected = "a shape of at most 16 non-negative integers";
  if (!value.is_array() || value.size() > kMaxRank) tensor.fail("another shape", expected);
  Shape shape;
  for (const Json& extent : value) {
    const auto size = as_size(extent);
    if (!size)
      tensor.fail("extent " + extent.dump(-1, ' ', true, Json::error_handler_t::replace), expected);
    shape.push_back(*size);
  }
  return shape;
}

/// Bytes of a tensor, or nothing when they are 2^62 or more.
std::optional<std::int64_t> byte_count(const Shape& shape, Dtype dtype) {
  std::int64_t bytes = dtype_bytes(dtype);
  for (const std::int64_t extent : shape) {
    if (__builtin_mul_overflow(bytes, extent, &bytes) || bytes >= std::int64_t{1} << 62) {
      return std::nullopt;
    }
  }
  return bytes;
}

Dtype parse_dtype(const Context& tensor, const Json& value) {
  const std::string name = value.is_string() ? value.get<std::string>() : "no text";
  const auto found = std::find(kDtypeNames.begin(), kDtypeNames.end(), name);
  if (found == kDtypeNames.end()) {
    tensor.fail("dtype " + name, fmt::format("one of {}", fmt::join(kDtypeNames, ", ")));
  }
  return static_cast<Dtype>(found - kDtypeNames.begin());
}

SafetensorsFile::Entry parse_entry(const Context& tensor, const Json& value,
                                   std::int64_t data_bytes) {
  if (!value.is_object() || value.size() != 3 || !value.contains("dtype") ||
      !value.contains("shape") || !value.contains("data_offsets")) {
    tensor.fail("another description", "{dtype, shape, data_offsets}");
  }
  const Json& offsets = value["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2) tensor.fail("other data_offsets", "[begin, end]");
  const auto begin = as_size(offsets[0]);
  const auto end = as_size(offsets[1]);
  if (!begin || !end) tensor.fail("other data_offsets", "two non-negative integers");

  SafetensorsFile::Entry entry{parse_dtype(tensor, value["dtype"]),
                               parse_shape(tensor, value["shape"]), *begin, *end};
  if (entry.begin > entry.end || entry.end > data_bytes) {
    tensor.fail(
        fmt::format("data_offsets [{}, {}]", entry.begin, entry.end),
        fmt::format("offsets within the file's {} data bytes; is it truncated?", data_bytes));
  }
  const auto bytes = byte_count(entry.shape, entry.dtype);
  if (!bytes || *bytes != entry.end - entry.begin) {
    tensor.fail(
        fmt::format("{} bytes", entry.end - entry.begin),
        fmt::format("{} for {} of shape {}", bytes ? fmt::format("{}", *bytes) : "over 2^62",
                    dtype_name(entry.dtype), to_string(entry.shape)));
  }
  return entry;
}

/// Tensors, ordered by their offsets, must follow one another from 0 to the end.
void check_coverage(const Context& file, const SafetensorsHeader& header, std::int64_t data_bytes) {
  std::vector<std::pair<std::string, const SafetensorsFile::Entry*>> order;
  for (const auto& [name, entry] : header.entries) order.emplace_back(name, &entry);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second->begin, a.second->end) < std::pair(b.second->begin, b.second->end);
  });

  std::int64_t covered = 0;
  for (const auto& [name, entry] : order) {
    if (entry->begin != covered) {
      Context{file.path, name}.fail(
          fmt::format("data from byte {}", entry->begin),
          fmt::format("data from byte {}, without overlap or hole", covered));
    }
    covered = entry->end;
  }
  if (covered != data_bytes) {
    file.fail(fmt::format("{} data bytes", data_bytes),
              fmt::format("{}, the end of the last tensor", covered));
  }
}

std::map<std::string, std::string> parse_metadata(const Context& file, const Json& value) {
  std::map<std::string, std::string> metadata;
  if (!value.is_object()) file.fail("other __metadata__", "an object of texts");
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) file.fail("other __metadata__", "an object of texts");
    metadata[key] = text.get<std::string>();
  }
  return metadata;
}

}  // namespace

SafetensorsHeader parse_safetensors_header(const std::string& path, std::string_view bytes) {
  const Context file{path, ""};
  if (bytes.size() < kLengthBytes) {
    file.fail(fmt::format("{} bytes", bytes.size()), "a safetensors file of at least 8 bytes");
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > bytes.size() - kLengthBytes || length > kMaxHeader) {
    file.fail(fmt::format("a header length of {} bytes", length),
              fmt::format("at most {}, the rest of the file; is it truncated?",
                          std::min<std::uint64_t>(bytes.size() - kLengthBytes, kMaxHeader)));
  }

  SafetensorsHeader header;
  header.data_start = kLengthBytes + length;
  const auto data_bytes = static_cast<std::int64_t>(bytes.size() - header.data_start);
  const Json json = parse_json(file, bytes.substr(kLengthBytes, length));
  for (const auto& [name, value] : json.items()) {
    if (name == "__metadata__") {
      header.metadata = parse_metadata(file, value);
    } else {
      header.entries.emplace(name, parse_entry({path, name}, value, data_bytes));
    }
  }
  check_coverage(file, header, data_bytes);
  return header;
}

}  // namespace systole
