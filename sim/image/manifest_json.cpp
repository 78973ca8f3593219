// manifest_json.cpp: the text form of a manifest.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/image/manifest.h"
#include "sim/image/manifest_check.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kByteOrders = {"little", "big"};
constexpr std::array kBitOrders = {"lsb_first", "msb_first"};
constexpr std::array kFirstElements = {"low", "high"};
constexpr std::array kInterleaves = {"word", "block"};

/// The position of the text `json.at(key)` in `names`.
template <class Names>
std::size_t choice(const Json& json, const char* key, const Names& names) {
  const auto text = json.at(key).get<std::string>();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (text == names[i]) return i;
  throw std::runtime_error(fmt::format("{}: '{}' is none of its values", key, text));
}

template <class Enum, class Names>
Enum enum_of(const Json& json, const char* key, const Names& names) {
  return static_cast<Enum>(choice(json, key, names));
}

template <class Enum, class Names>
const char* name_of(Enum value, const Names& names) {
  return names[static_cast<std::size_t>(value)];
}

Json to_json(const TileOrder& order) {
  Json packs = Json::array();
  for (const TilePack& pack : order.packs)
    packs.push_back({{"first_channel", pack.first_channel},
                     {"channels", pack.channels},
                     {"first_input", pack.first_input},
                     {"inputs", pack.inputs},
                     {"depth", pack.depth}});
  Json json = {{"columns", order.cols},      {"groups", order.groups},
               {"taps", order.taps},         {"inputs", order.inputs},
               {"channels", order.channels}, {"pack_groups", order.pack_groups}};
  if (order.tokens != 1) json["tokens"] = order.tokens;
  json["packs"] = std::move(packs);
  return json;
}

TileOrder order_of(const Json& json) {
  TileOrder order;
  json.at("columns").get_to(order.cols);
  json.at("groups").get_to(order.groups);
  json.at("taps").get_to(order.taps);
  json.at("inputs").get_to(order.inputs);
  json.at("channels").get_to(order.channels);
  json.at("pack_groups").get_to(order.pack_groups);
  if (json.contains("tokens")) json.at("tokens").get_to(order.tokens);
  for (const Json& pack : json.at("packs"))
    order.packs.push_back({pack.at("first_channel"), pack.at("channels"), pack.at("first_input"),
                           pack.at("inputs"), pack.at("depth")});
  return order;
}

Json to_json(const StoredTensor& stored, const StoredMemory& memory) {
  const ImageTensor& tensor = stored.tensor;
  const auto word_bytes = std::int64_t{memory.layout.word_bits} / 8;
  const std::size_t region = region_of(memory, tensor);
  const std::int64_t offset = tensor.address - memory.regions.at(region).region.address;
  Json json = {{"op", tensor.op},
               {"tensor", tensor.name},
               {"region", region},
               {"address", tensor.address},
               {"words", tensor.words},
               {"offset_bytes", offset * word_bytes},
               {"size_bytes", tensor.words * word_bytes},
               {"dtype", fmt::format("{}int{}", tensor.is_signed ? "" : "u", tensor.element_bits)},
               {"shape", tensor.shape},
               {"element_bits", tensor.element_bits},
               {"signed", tensor.is_signed},
               {"beat", tensor.beat},
               {"crc32", stored.crc32},
               {"sha256", stored.sha256}};
  if (!tensor.source.tensor.empty())
    json["source"] = {{"tensor", tensor.source.tensor},
                      {"shape", tensor.source.shape},
                      {"dtype", dtype_name(tensor.source.dtype)}};
  if (tensor.order) json["order"] = to_json(*tensor.order);
  if (!tensor.fields.empty()) json["fields"] = tensor.fields;
  return json;
}

StoredTensor tensor_of(const Json& json) {
  StoredTensor stored;
  ImageTensor& tensor = stored.tensor;
  json.at("op").get_to(tensor.op);
  json.at("tensor").get_to(tensor.name);
  json.at("address").get_to(tensor.address);
  json.at("words").get_to(tensor.words);
  json.at("shape").get_to(tensor.shape);
  json.at("element_bits").get_to(tensor.element_bits);
  json.at("signed").get_to(tensor.is_signed);
  json.at("beat").get_to(tensor.beat);
  json.at("crc32").get_to(stored.crc32);
  json.at("sha256").get_to(stored.sha256);
  if (json.contains("source")) {
    const Json& source = json["source"];
    source.at("tensor").get_to(tensor.source.tensor);
    source.at("shape").get_to(tensor.source.shape);
    tensor.source.dtype = enum_of<Dtype>(source, "dtype", kDtypeNames);
  }
  if (json.contains("order")) tensor.order = order_of(json["order"]);
  if (json.contains("fields")) json["fields"].get_to(tensor.fields);
  return stored;
}

Json to_json(const ImageFile& file) {
  return {{"path", file.path},           {"format", to_string(file.format)},
          {"bank", file.bank},           {"lane", file.lane},
          {"word_bits", file.word_bits}, {"address", file.address},
          {"words", file.words},         {"bytes", file.bytes},
          {"crc32", file.crc32},         {"sha256", file.sha256}};
}

ImageFile file_of(const Json& json) {
  ImageFile file;
  json.at("path").get_to(file.path);
  const auto format = parse_image_format(json.at("format").get<std::string>());
  if (!format) throw std::runtime_error(fmt::format("format: {} is none", json["format"].dump()));
  file.format = *format;
  json.at("bank").get_to(file.bank);
  json.at("lane").get_to(file.lane);
  json.at("word_bits").get_to(file.word_bits);
  json.at("address").get_to(file.address);
  json.at("words").get_to(file.words);
  json.at("bytes").get_to(file.bytes);
  json.at("crc32").get_to(file.crc32);
  json.at("sha256").get_to(file.sha256);
  return file;
}

Json to_json(const StoredMemory& memory) {
  const MemoryLayout& layout = memory.layout;
  Json json = {{"name", to_string(memory.kind)},
               {"word_bits", layout.word_bits},
               {"base", layout.base},
               {"words", memory.words},
               {"depth", memory.depth()},
               {"align", layout.align},
               {"byte_order", name_of(layout.byte_order, kByteOrders)},
               {"bit_order", kBitOrders[layout.reverse_bits]},
               {"first_element", name_of(layout.first_element, kFirstElements)},
               {"padding", layout.padding},
               {"banks", layout.banks},
               {"lanes", layout.lanes},
               {"interleave", name_of(layout.interleave, kInterleaves)}};
  for (const FileRegion& region : memory.regions) {
    Json files = Json::array();
    for (const ImageFile& file : region.files) files.push_back(to_json(file));
    json["regions"].push_back({{"op", region.region.op},
                               {"address", region.region.address},
                               {"words", region.region.words},
                               {"files", std::move(files)}});
  }
  for (const StoredTensor& tensor : memory.tensors)
    json["tensors"].push_back(to_json(tensor, memory));
  return json;
}

StoredMemory memory_of(const Json& json) {
  StoredMemory memory;
  memory.kind = enum_of<MemoryKind>(json, "name", kMemoryNames);
  MemoryLayout& layout = memory.layout;
  json.at("word_bits").get_to(layout.word_bits);
  json.at("base").get_to(layout.base);
  json.at("words").get_to(memory.words);
  json.at("depth").get_to(layout.depth);
  json.at("align").get_to(layout.align);
  layout.byte_order = enum_of<ByteOrder>(json, "byte_order", kByteOrders);
  layout.reverse_bits = choice(json, "bit_order", kBitOrders) == 1;
  layout.first_element = enum_of<ElementOrder>(json, "first_element", kFirstElements);
  json.at("padding").get_to(layout.padding);
  json.at("banks").get_to(layout.banks);
  json.at("lanes").get_to(layout.lanes);
  layout.interleave = enum_of<Interleave>(json, "interleave", kInterleaves);
  for (const Json& region : json.at("regions")) {
    memory.regions.push_back({{region.at("op"), region.at("address"), region.at("words")}, {}});
    for (const Json& file : region.at("files"))
      memory.regions.back().files.push_back(file_of(file));
  }
  for (const Json& tensor : json.at("tensors")) memory.tensors.push_back(tensor_of(tensor));
  return memory;
}

Json to_json(const Geometry& geometry) {
  return {{"rows", geometry.rows},
          {"columns", geometry.cols},
          {"acc_depth", geometry.acc_depth},
          {"scale_bits", geometry.scale_bits},
          {"act_bits", geometry.act_bits},
          {"weight_bits", geometry.weight_bits},
          {"lanes", geometry.has_lanes},
          {"gemmlowp", geometry.has_gemmlowp},
          {"dataflow", static_cast<int>(geometry.dataflow)}};
}

Geometry geometry_of(const Json& json) {
  Geometry geometry;
  json.at("rows").get_to(geometry.rows);
  json.at("columns").get_to(geometry.cols);
  json.at("acc_depth").get_to(geometry.acc_depth);
  json.at("scale_bits").get_to(geometry.scale_bits);
  json.at("act_bits").get_to(geometry.act_bits);
  json.at("weight_bits").get_to(geometry.weight_bits);
  json.at("lanes").get_to(geometry.has_lanes);
  json.at("gemmlowp").get_to(geometry.has_gemmlowp);
  geometry.dataflow = static_cast<Dataflow>(json.at("dataflow").get<std::uint32_t>());
  return geometry;
}

Manifest parse(const Json& json, const std::string& file) {
  const auto expect = [&](const char* key, const Json& expected) {
    if (json.at(key) != expected)
      throw InputError(
          {.where = {file}, .key = key, .got = json[key].dump(), .expected = expected.dump()});
  };
  expect("format", kManifestFormat);
  expect("version", kManifestVersion);
  Manifest manifest;
  json.at("systole").get_to(manifest.systole);
  json.at("network").at("name").get_to(manifest.network);
  json.at("network").at("sha256").get_to(manifest.network_hash);
  json.at("network").at("graph_sha256").get_to(manifest.graph_hash);
  json.at("others").at("sha256").get_to(manifest.others_hash);
  json.at("config").at("sha256").get_to(manifest.config_hash);
  json.at("golden").at("sha256").get_to(manifest.golden_hash);
  json.at("layout").at("name").get_to(manifest.layout);
  json.at("layout").at("c_alignment").get_to(manifest.c_alignment);
  manifest.geometry = geometry_of(json.at("array"));
  for (const Json& memory : json.at("memories")) manifest.memories.push_back(memory_of(memory));
  return manifest;
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  Json json = {
      {"format", kManifestFormat}, {"version", kManifestVersion}, {"systole", manifest.systole}};
  json["network"] = {{"name", manifest.network},
                     {"folder", "network"},
                     {"sha256", manifest.network_hash},
                     {"graph_sha256", manifest.graph_hash}};
  json["config"] = {{"file", "run.yaml"}, {"sha256", manifest.config_hash}};
  json["golden"] = {{"folder", "golden"}, {"sha256", manifest.golden_hash}};
  json["others"] = {{"file", "others.safetensors"}, {"sha256", manifest.others_hash}};
  json["layout"] = {{"name", manifest.layout},
                    {"version", kImageLayoutVersion},
                    {"c_alignment", manifest.c_alignment}};
  json["array"] = to_json(manifest.geometry);
  json["memories"] = Json::array();
  for (const StoredMemory& memory : manifest.memories) json["memories"].push_back(to_json(memory));
  return json.dump(1) + "\n";
}

Manifest manifest_from_json(const std::string& text, const std::string& file) {
  Manifest manifest;
  try {
    manifest = parse(Json::parse(text), file);
  } catch (const InputError&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError({.where = {file},
                      .got = error.what(),
                      .expected = fmt::format("a manifest of version {}", kManifestVersion),
                      .hint = "export again"});
  }
  check_manifest(manifest, file);
  return manifest;
}

}  // namespace systole
