// trace_json.cpp: the text form of a trace's entries.
#include "golden/trace_json.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "model/config/error.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kReals = "float32";

Json entry_to_json(const TraceEntry& entry) {
  if (entry.is_float)
    return {{"name", entry.name},   {"op", entry.op}, {"inputs", entry.inputs},
            {"shape", entry.shape}, {"type", kReals}, {"sha256", entry.sha256}};
  return {{"name", entry.name},
          {"op", entry.op},
          {"inputs", entry.inputs},
          {"shape", entry.shape},
          {"type", to_string(entry.quantization.type)},
          {"scale", entry.quantization.scale},
          {"zero_point", entry.quantization.zero_point},
          {"sha256", entry.sha256}};
}

/// Throws unless `condition` holds of `got`.
void expect(bool condition, const Json& got, const std::string& path, const std::string& key,
            const std::string& expected) {
  if (!condition)
    throw InputError({.where = path, .key = key, .got = got.dump(), .expected = expected});
}

std::int64_t integer(const Json& got, const std::string& path, const std::string& key,
                     const IntRange& range) {
  const bool is_huge =
      got.is_number_unsigned() && !std::in_range<std::int64_t>(got.get<std::uint64_t>());
  expect(got.is_number_integer() && !is_huge && range.contains(got.get<std::int64_t>()), got, path,
         key, fmt::format("an integer in [{}, {}]", range.lo, range.hi));
  return got.get<std::int64_t>();
}

/// Throws Json::exception on missing keys and wrong types.
TraceEntry entry_from_json(const Json& json, const std::string& path, const std::string& key) {
  TraceEntry entry;
  json.at("name").get_to(entry.name);
  json.at("op").get_to(entry.op);
  json.at("inputs").get_to(entry.inputs);
  for (const Json& extent : json.at("shape"))
    entry.shape.push_back(
        integer(extent, path, key + ".shape", {0, std::numeric_limits<std::int64_t>::max()}));
  const auto type = json.at("type").get<std::string>();
  entry.is_float = type == kReals;
  if (!entry.is_float) {
    expect(parse_int_type(type, entry.quantization.type), type, path, key + ".type",
           "int8, uint4, ..., or float32");
    json.at("scale").get_to(entry.quantization.scale);
    expect(entry.quantization.scale > 0 && std::isfinite(entry.quantization.scale), json["scale"],
           path, key + ".scale", "a number above 0");
    entry.quantization.zero_point =
        static_cast<std::int32_t>(integer(json.at("zero_point"), path, key + ".zero_point",
                                          IntType{.bits = 32, .is_signed = true}.range()));
  }
  json.at("sha256").get_to(entry.sha256);
  expect(entry.sha256.size() == 64, entry.sha256, path, key + ".sha256", "64 hexadecimal digits");
  return entry;
}

Trace parse(const Json& json, const std::string& path) {
  expect(json.at("format") == "systole-trace", json["format"], path, "format", "\"systole-trace\"");
  expect(json.at("version") == 1, json["version"], path, "version", "1");
  Trace trace;
  json.at("network").get_to(trace.network);
  json.at("network_hash").get_to(trace.network_hash);
  std::set<std::string> names;
  for (const Json& item : json.at("tensors")) {
    const std::string key = fmt::format("tensors[{}]", trace.entries.size());
    TraceEntry entry = entry_from_json(item, path, key);
    for (const std::string& input : entry.inputs)
      expect(names.contains(input), input, path, key + ".inputs", "the name of an earlier tensor");
    expect(names.insert(entry.name).second, entry.name, path, key + ".name",
           "a name that is not taken");
    trace.entries.push_back(std::move(entry));
  }
  return trace;
}

}  // namespace

std::string trace_to_json(const Trace& trace) {
  const auto text_of = [](const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  // One line per tensor, so that traces can be read and compared by eye.
  std::string text = fmt::format(
      "{{\n  \"format\": \"systole-trace\",\n  \"version\": 1,\n  \"network\": {},\n"
      "  \"network_hash\": {},\n  \"tensors\": [",
      text_of(trace.network), text_of(trace.network_hash));
  const char* separator = "\n    ";
  for (const TraceEntry& entry : trace.entries) {
    text += separator + text_of(entry_to_json(entry));
    separator = ",\n    ";
  }
  return text + "\n  ]\n}\n";
}

Trace trace_from_json(const std::string& text, const std::string& path) {
  try {
    return parse(Json::parse(text), path);
  } catch (const Json::exception& error) {
    throw InputError(path, fmt::format("not a trace: {}", error.what()));
  }
}

}  // namespace systole
